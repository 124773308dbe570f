import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormError, SettingsCard } from '@/shared/page/SettingsCard';
import { toastDone } from '@/shared/page/toasts';
import { useUser } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';

interface Passwords {
  password: string;
  again: string;
  nonce: string;
}

/** Whether the server wants a fresh proof of who is asking before it takes a password. */
export function wantsProof(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === 'reauthentication_needed';
}

/** Sets a new password; where the project asks for it, with a code from a mail. */
export function PasswordForm() {
  const supabase = useSupabase();
  const user = useUser();
  const [needsCode, setNeedsCode] = useState(false);
  const form = useForm<Passwords>({
    initialValues: { password: '', again: '', nonce: '' },
    validate: {
      password: (password) => (password.length >= 8 ? null : 'Use 8 characters at least.'),
      again: (again, { password }) => (again === password ? null : 'This differs from the first one.'),
      nonce: (nonce) => (!needsCode || nonce.trim() ? null : 'Enter the code from the mail.'),
    },
  });
  const change = useMutation({
    mutationFn: async ({ password, nonce }: Passwords) => {
      const { error } = await supabase.auth.updateUser({ password, ...(nonce && { nonce: nonce.trim() }) });
      if (!error) return true;
      if (!wantsProof(error)) throw error;
      const asked = await supabase.auth.reauthenticate();
      if (asked.error) throw asked.error;
      return false;
    },
    onSuccess: (isDone) => {
      setNeedsCode(!isDone);
      if (!isDone) return;
      form.reset();
      toastDone('Your password is changed.');
    },
  });
  return (
    <SettingsCard title="Password" text="Long beats clever: a few words that you can remember.">
      <form noValidate onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <input type="text" name="username" autoComplete="username" value={user.email ?? ''} readOnly hidden />
        <Stack>
          <PasswordInput label="New password" autoComplete="new-password" {...form.getInputProps('password')} />
          <PasswordInput label="The same again" autoComplete="new-password" {...form.getInputProps('again')} />
          {needsCode && (
            <TextInput
              label="Code"
              description={`A mail with it was sent to ${user.email}.`}
              inputMode="numeric"
              autoComplete="one-time-code"
              {...form.getInputProps('nonce')}
            />
          )}
          <FormError error={change.error} />
          <Group justify="flex-end">
            <Button type="submit" variant="default" loading={change.isPending}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </SettingsCard>
  );
}
