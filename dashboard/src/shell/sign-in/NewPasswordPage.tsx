import { Button, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { toastDone } from '@/shared/page/toasts';
import { useSession } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';
import { Splash } from '../Splash';
import { Frame } from './Frame';
import { readLinkFailure } from './links';
import { AuthFailure, Notice, SignInLink } from './parts';
import { checkNewPassword } from './passwords';
import { PATHS } from './paths';

/** Set a new password: where the link of a forgotten one leads, for somebody whom the link has signed in. */
export function NewPasswordPage() {
  const state = useSession();
  if (state.status === 'loading') return <Splash />;
  return (
    <Frame title="Set a new password" description={state.session?.user.email}>
      {state.status === 'signed-in' ? <NewPasswordForm /> : <LinkIsOver />}
    </Frame>
  );
}

function LinkIsOver() {
  const failure = readLinkFailure();
  return (
    <Stack>
      {failure ? <AuthFailure error={failure} /> : <Notice>Open the newest link that you were sent.</Notice>}
      <SignInLink to={PATHS.forgotPassword} search={{}}>
        Have a new link sent
      </SignInLink>
    </Stack>
  );
}

function NewPasswordForm() {
  const supabase = useSupabase();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const form = useForm({
    initialValues: { password: '', again: '' },
    validate: {
      password: checkNewPassword,
      again: (value, { password }) => (value === password ? null : 'This isn’t the same'),
    },
  });
  const submit = form.onSubmit(async ({ password }) => {
    setError(null);
    const answer = await supabase.auth.updateUser({ password });
    if (answer.error) {
      setError(answer.error);
      return;
    }
    toastDone('Your new password is set');
    void navigate({ to: '/', replace: true });
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <AuthFailure error={error} />
        <PasswordInput
          label="New password"
          autoComplete="new-password"
          autoFocus
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('password')}
        />
        <PasswordInput
          label="The same again"
          autoComplete="new-password"
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          {...form.getInputProps('again')}
        />
        <Button type="submit" size="md" fullWidth loading={form.submitting}>
          Set the password
        </Button>
      </Stack>
    </form>
  );
}
