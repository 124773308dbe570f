import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSession } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';
import { GoOn } from '../GoOn';
import { useAuthSettings } from './authSettings';
import { Frame } from './Frame';
import { makeReturnAddress, readLinkFailure, readWayBack } from './links';
import { AuthFailure, checkEmail, MailSent, Notice, SignInLink } from './parts';
import { PATHS } from './paths';
import type { SignInSearch } from './routes';

type Way = 'password' | 'link';

/** Sign in by password, or by a link that is sent by e-mail. */
export function SignInPage() {
  const search: SignInSearch = useSearch({ strict: false });
  const state = useSession();
  const settings = useAuthSettings();
  const [way, setWay] = useState<Way>('password');
  if (state.status === 'signed-in') return <GoOn to={readWayBack(search.back)} />;
  const canSignUp = settings.data ? !settings.data.disable_signup : true;
  return (
    <Frame
      title="Sign in"
      footer={
        canSignUp && (
          <>
            New here?{' '}
            <SignInLink to={PATHS.signUp} search={search}>
              Create an account
            </SignInLink>
          </>
        )
      }
    >
      <AuthFailure error={readLinkFailure()} />
      {search.expired && <Notice>Your session has ended. Sign in to go on where you were.</Notice>}
      <SignInForm
        key={way}
        way={way}
        search={search}
        onOtherWay={() => setWay(way === 'password' ? 'link' : 'password')}
      />
    </Frame>
  );
}

function SignInForm({ way, search, onOtherWay }: { way: Way; search: SignInSearch; onOtherWay: () => void }) {
  const supabase = useSupabase();
  const [error, setError] = useState<unknown>(null);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({
    initialValues: { email: search.email ?? '', password: '' },
    validate: { email: checkEmail, password: (value) => (way === 'link' || value ? null : 'Enter your password') },
  });
  const submit = form.onSubmit(async ({ email, password }) => {
    setError(null);
    const options = { emailRedirectTo: makeReturnAddress(readWayBack(search.back)), shouldCreateUser: false };
    const answer =
      way === 'password'
        ? await supabase.auth.signInWithPassword({ email: email.trim(), password })
        : await supabase.auth.signInWithOtp({ email: email.trim(), options });
    // Whether there is such an account is nobody else's business.
    const isUnknown = way === 'link' && answer.error?.code === 'otp_disabled';
    if (answer.error && !isUnknown) setError(answer.error);
    else if (way === 'link') setSentTo(email.trim());
  });
  if (sentTo) return <MailSent email={sentTo}>It signs you in. It works once, for an hour.</MailSent>;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <AuthFailure error={error} />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus
          size="md"
          {...form.getInputProps('email')}
        />
        {way === 'password' && (
          <Stack gap={6}>
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              size="md"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
              {...form.getInputProps('password')}
            />
            <Group justify="flex-end">
              <SignInLink to={PATHS.forgotPassword} search={{ email: form.values.email || undefined }}>
                Forgot the password?
              </SignInLink>
            </Group>
          </Stack>
        )}
        <Button type="submit" size="md" fullWidth loading={form.submitting}>
          {way === 'password' ? 'Sign in' : 'Send me a link'}
        </Button>
        <Button variant="default" size="md" fullWidth onClick={onOtherWay}>
          {way === 'password' ? 'Sign in with a link by e-mail' : 'Sign in with a password'}
        </Button>
      </Stack>
    </form>
  );
}
