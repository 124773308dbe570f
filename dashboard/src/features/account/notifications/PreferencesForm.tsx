import { Alert, Button, Checkbox, Group, Select, Stack } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Preferences } from '@/api';
import {
  notificationsReadPreferencesQueryKey,
  notificationsSavePreferencesMutation,
} from '@/api/@tanstack/react-query.gen';
import { looksLikeEmail } from '@/shared/emails';
import { FormError, SettingsCard } from '@/shared/page/SettingsCard';
import { toastDone } from '@/shared/page/toasts';
import { MailPart } from './MailPart';
import classes from './notifications.module.css';
import { FLOORS, type PreferenceForm, toChanges, toForm } from './preferences';

export type Form = UseFormReturnType<PreferenceForm>;

/** Everything one may choose about being told. */
export function PreferencesForm({ preferences }: { preferences: Preferences }) {
  const form = useForm<PreferenceForm>({
    initialValues: toForm(preferences),
    validate: {
      email: (email) => (!email.trim() || looksLikeEmail(email) ? null : 'Enter an e-mail address, or leave it empty.'),
      quiet_start: (start, { quiet }) => (!quiet || start ? null : 'Enter a time.'),
      quiet_end: (end, { quiet, quiet_start }) => {
        if (!quiet) return null;
        if (!end) return 'Enter a time.';
        return end === quiet_start ? 'They must end at another time than they begin.' : null;
      },
    },
  });
  const save = useSave(form);
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit((values) => save.mutate({ body: toChanges(values) }))}
    >
      <Stack gap="lg">
        {!preferences.subscribed && (
          <Unsubscribed isBusy={save.isPending} onResume={() => save.mutate({ body: { subscribed: true } })} />
        )}
        <SettingsCard title="What you are notified of, and where">
          <Stack>
            <Checkbox.Group label="Notify me" {...form.getInputProps('channels')}>
              <Stack gap="xs" mt={6}>
                <Checkbox value="in_app" label="In Headwater" description="In the inbox of this dashboard" />
                <Checkbox value="email" label="By e-mail" description={preferences.address} />
                <Checkbox value="webhook" label="By the webhooks that I made" description="They are on the next tab" />
              </Stack>
            </Checkbox.Group>
            <Select
              label="From which severity on"
              data={FLOORS}
              allowDeselect={false}
              {...form.getInputProps('severity_floor')}
            />
          </Stack>
        </SettingsCard>
        <MailPart form={form} preferences={preferences} />
        <div className={classes.saving} data-dirty={form.isDirty()}>
          <FormError error={save.error} />
          <Group justify="flex-end" gap="xs">
            {form.isDirty() && (
              <Button variant="default" onClick={form.reset}>
                Undo
              </Button>
            )}
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </Group>
        </div>
      </Stack>
    </form>
  );
}

function useSave(form: Form) {
  const queries = useQueryClient();
  return useMutation({
    ...notificationsSavePreferencesMutation(),
    onSuccess: (saved) => {
      queries.setQueryData(notificationsReadPreferencesQueryKey(), saved);
      form.setInitialValues(toForm(saved));
      form.reset();
      toastDone(
        saved.email && !saved.address_verified
          ? `Saved. Open the link that was sent to ${saved.email}.`
          : 'Your preferences are saved.',
      );
    },
  });
}

function Unsubscribed({ isBusy, onResume }: { isBusy: boolean; onResume: () => void }) {
  return (
    <Alert
      color="yellow"
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
      title="You have unsubscribed from mail"
    >
      <Stack gap="sm" align="flex-start">
        No mail is sent to you from this workspace, whatever is chosen below.
        <Button size="xs" variant="default" loading={isBusy} onClick={onResume}>
          Send me mail again
        </Button>
      </Stack>
    </Alert>
  );
}
