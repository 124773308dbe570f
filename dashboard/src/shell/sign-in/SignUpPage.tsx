import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { toastDone } from '@/shared/page/toasts';
import { useSession } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';
import { GoOn } from '../GoOn';
import { useAuthSettings } from './authSettings';
import { Frame } from './Frame';
import { makeReturnAddress, readWayBack } from './links';
import { AuthFailure, checkEmail, MailSent, Notice, SignInLink } from './parts';
import { checkNewPassword } from './passwords';
import { PATHS } from './paths';
import type { SignInSearch } from './routes';

/** Make an account. Where addresses must be confirmed, an e-mail is sent and the page says so. */
export function SignUpPage() {
  const search: SignInSearch = useSearch({ strict: false });
  const state = useSession();
  const settings = useAuthSettings();
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (state.status === 'signed-in') return <GoOn to={readWayBack(search.back)} />;
  return (
    <Frame
      title="Create an account"
      description="It comes with a workspace of your own."
      footer={
        <>
          You have one?{' '}
          <SignInLink to={PATHS.signIn} search={search}>
            Sign in
          </SignInLink>
        </>
      }
    >
      {settings.data?.disable_signup ? (
        <Notice>New accounts can’t be made here. Ask whoever runs this installation.</Notice>
      ) : sentTo ? (
        <Confirmation email={sentTo} back={readWayBack(search.back)} />
      ) : (
        <SignUpForm search={search} onSent={setSentTo} />
      )}
    </Frame>
  );
}

function SignUpForm({ search, onSent }: { search: SignInSearch; onSent: (email: string) => void }) {
  const supabase = useSupabase();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: { full_name: '', email: search.email ?? '', password: '' },
    validate: { email: checkEmail, password: checkNewPassword },
  });
  const submit = form.onSubmit(async ({ full_name, email, password }) => {
    setError(null);
    const answer = await supabase.auth.signUp({
      email: email.trim(),
      password,
      options: {
        data: full_name.trim() ? { full_name: full_name.trim() } : {},
        emailRedirectTo: makeReturnAddress(readWayBack(search.back)),
      },
    });
    if (answer.error) setError(answer.error);
    else if (!answer.data.session) onSent(email.trim());
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <AuthFailure error={error} />
        <TextInput
          label="Name"
          description="What others in a workspace see; you may leave it out."
          autoComplete="name"
          size="md"
          {...form.getInputProps('full_name')}
        />
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          size="md"
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          description="Eight characters at least; a few words are easy to keep in mind."
          autoComplete="new-password"
          required
          withAsterisk={false}
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" fullWidth loading={form.submitting}>
          Create the account
        </Button>
      </Stack>
    </form>
  );
}

function Confirmation({ email, back }: { email: string; back: string }) {
  const supabase = useSupabase();
  const [isSending, setIsSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const resend = async (): Promise<void> => {
    setIsSending(true);
    const options = { emailRedirectTo: makeReturnAddress(back) };
    const answer = await supabase.auth.resend({ type: 'signup', email, options });
    setIsSending(false);
    setError(answer.error);
    if (!answer.error) toastDone(`Sent again to ${email}`);
  };
  return (
    <Stack>
      <MailSent email={email}>Open it to confirm your address, and you are in.</MailSent>
      <AuthFailure error={error} />
      <Button variant="default" onClick={() => void resend()} loading={isSending}>
        Send it again
      </Button>
    </Stack>
  );
}
