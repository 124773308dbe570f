import { Alert, Button, Group, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { looksLikeEmail } from '@/shared/emails';
import { FormError, SettingsCard } from '@/shared/page/SettingsCard';
import { toastDone } from '@/shared/page/toasts';
import { useUser } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';

/** Changes the address that one signs in with. Depending on the project it must be confirmed by mail first. */
export function EmailForm() {
  const user = useUser();
  const supabase = useSupabase();
  const form = useForm({
    initialValues: { email: '' },
    validate: {
      email: (email) => {
        if (!looksLikeEmail(email)) return 'Enter an e-mail address, such as ada@example.com.';
        return email.trim().toLowerCase() === user.email?.toLowerCase() ? 'This is your address already.' : null;
      },
    },
  });
  const change = useMutation({
    mutationFn: async (email: string) => {
      const back = { emailRedirectTo: `${window.location.origin}/settings/account/security` };
      const { data, error } = await supabase.auth.updateUser({ email: email.trim() }, back);
      if (error) throw error;
      return data.user;
    },
    onSuccess: (changed) => {
      form.reset();
      if (!changed.new_email) toastDone(`You sign in as ${changed.email} from now on.`);
    },
  });
  const awaited = change.data?.new_email ?? user.new_email;
  return (
    <SettingsCard title="E-mail address" text={`You sign in as ${user.email}.`}>
      {awaited && (
        <Alert
          color="yellow"
          styles={{ title: { color: 'var(--mantine-color-text)' } }}
          mb="md"
          title="One step is left"
        >
          Open the link that was sent to {awaited} (and, if one came there, to {user.email}). Until then nothing
          changes.
        </Alert>
      )}
      <form noValidate onSubmit={form.onSubmit(({ email }) => change.mutate(email))}>
        <Group align="flex-start" gap="sm">
          <TextInput
            aria-label="New e-mail address"
            placeholder="New e-mail address"
            type="email"
            autoComplete="email"
            flex="1 1 240px"
            {...form.getInputProps('email')}
          />
          <Button type="submit" variant="default" loading={change.isPending}>
            Change address
          </Button>
        </Group>
        <FormError error={change.error} />
      </form>
    </SettingsCard>
  );
}
