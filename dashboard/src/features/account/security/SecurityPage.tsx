import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { authDeleteAccountMutation } from '@/api/@tanstack/react-query.gen';
import { Confirm } from '@/shared/page/Confirm';
import { Page } from '@/shared/page/Page';
import { SettingsCard } from '@/shared/page/SettingsCard';
import { toastDone } from '@/shared/page/toasts';
import { announceLeaving, useUser } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';
import { AccountTabs } from '../tabs';
import { EmailForm } from './EmailForm';
import { PasswordForm } from './PasswordForm';
import { TwoFactor } from './TwoFactor';

/** How one signs in, where one is signed in, and leaving for good. */
export function SecurityPage() {
  return (
    <Page title="Account" description="How others see you, and how you sign in." width="narrow">
      <AccountTabs />
      <Stack gap="lg">
        <EmailForm />
        <PasswordForm />
        <TwoFactor />
        <Sessions />
        <Deletion />
      </Stack>
    </Page>
  );
}

function Sessions() {
  const supabase = useSupabase();
  const signOut = async (scope: 'local' | 'global' | 'others'): Promise<void> => {
    if (scope !== 'others') announceLeaving();
    const { error } = await supabase.auth.signOut({ scope });
    if (error) throw error;
    if (scope === 'others') toastDone('Every other browser and device is signed out.');
  };
  return (
    <SettingsCard title="Signed in" text="Lost a device, or used one that isn't yours? Sign out there from here.">
      <Group gap="sm">
        <Confirm
          harmless
          title="Sign out everywhere else?"
          action="Sign out elsewhere"
          onConfirm={() => signOut('others')}
          trigger={(open) => (
            <Button variant="default" onClick={open}>
              Sign out everywhere else
            </Button>
          )}
        >
          Every other browser and device must sign in again within the hour, as soon as its access runs out. You stay
          signed in here.
        </Confirm>
        <Confirm
          harmless
          title="Sign out everywhere?"
          action="Sign out"
          onConfirm={() => signOut('global')}
          trigger={(open) => (
            <Button variant="default" onClick={open}>
              Sign out everywhere
            </Button>
          )}
        >
          You are signed out here as well. API keys go on working.
        </Confirm>
      </Group>
    </SettingsCard>
  );
}

function Deletion() {
  const user = useUser();
  const supabase = useSupabase();
  const email = user.email ?? '';
  const remove = useMutation({
    ...authDeleteAccountMutation(),
    onSuccess: async () => {
      announceLeaving();
      await supabase.auth.signOut({ scope: 'local' });
    },
  });
  return (
    <SettingsCard
      title="Delete the account"
      text="Your personal workspace with all that is in it, your API keys and your memberships go with it. Workspaces that you own with others pass to whoever ranks next."
    >
      <Confirm
        title="Delete your account?"
        action="Delete for good"
        typed={email}
        typedLabel="your address"
        onConfirm={() => remove.mutateAsync({ body: { email } })}
        trigger={(open) => (
          <Button variant="default" c="var(--mantine-color-error)" w="fit-content" onClick={open}>
            Delete account
          </Button>
        )}
      >
        <Text size="sm">This can't be undone: nobody can bring it back.</Text>
      </Confirm>
    </SettingsCard>
  );
}
