import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSupabase } from '@/shared/platform/supabase';
import { Frame } from './Frame';
import { makeReturnAddress } from './links';
import { AuthFailure, checkEmail, MailSent, SignInLink } from './parts';
import { PATHS } from './paths';
import type { SignInSearch } from './routes';

/** Ask for a link that lets one set a new password. */
export function ForgotPasswordPage() {
  const search: SignInSearch = useSearch({ strict: false });
  const supabase = useSupabase();
  const [error, setError] = useState<unknown>(null);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({ initialValues: { email: search.email ?? '' }, validate: { email: checkEmail } });
  const submit = form.onSubmit(async ({ email }) => {
    setError(null);
    const redirectTo = makeReturnAddress(PATHS.newPassword);
    const answer = await supabase.auth.resetPasswordForEmail(email.trim(), { redirectTo });
    if (answer.error) setError(answer.error);
    else setSentTo(email.trim());
  });
  return (
    <Frame
      title="Set a new password"
      description="A link to do so is sent to your e-mail address."
      footer={
        <SignInLink to={PATHS.signIn} search={{ email: form.values.email || undefined }}>
          Back to sign-in
        </SignInLink>
      }
    >
      {sentTo ? (
        <MailSent email={sentTo}>It lets you set a new password.</MailSent>
      ) : (
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
            <Button type="submit" size="md" fullWidth loading={form.submitting}>
              Send the link
            </Button>
          </Stack>
        </form>
      )}
    </Frame>
  );
}
