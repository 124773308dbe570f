import { Avatar, Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Profile } from '@/api';
import { authReadMeOptions, authReadMeQueryKey, authSyncProfileMutation } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { FormError, SettingsCard } from '@/shared/page/SettingsCard';
import { QueryStates } from '@/shared/page/states';
import { toastDone } from '@/shared/page/toasts';
import { readTimezone } from '@/shared/time';
import { listLocales, listTimezones } from '../choices';
import { AccountTabs } from '../tabs';

/** What one says of oneself, and how times are meant. */
export function ProfilePage() {
  const query = useQuery(authReadMeOptions());
  return (
    <Page title="Account" description="How others see you, and how you sign in." width="narrow">
      <AccountTabs />
      <QueryStates query={query} what="Your profile could not be loaded">
        {({ profile }) => <ProfileForm profile={profile} key={profile.id} />}
      </QueryStates>
    </Page>
  );
}

function toValues(profile: Profile) {
  return {
    full_name: profile.full_name,
    timezone: profile.timezone,
    locale: profile.locale ?? '',
  };
}

function ProfileForm({ profile }: { profile: Profile }) {
  const queries = useQueryClient();
  const zones = useMemo(listTimezones, []);
  const save = useMutation({
    ...authSyncProfileMutation(),
    onSuccess: async (saved) => {
      form.setInitialValues(toValues(saved));
      form.reset();
      await queries.invalidateQueries({ queryKey: authReadMeQueryKey() });
      toastDone('Your profile is saved.');
    },
  });
  const form = useForm({
    initialValues: toValues(profile),
    validate: {
      full_name: (name) => (name.length <= 200 ? null : 'Use 200 characters at most.'),
    },
  });
  const { full_name, timezone } = form.getValues();
  const guessed = readTimezone();
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        save.mutate({
          body: { ...values, locale: values.locale || null },
        }),
      )}
    >
      <SettingsCard title="Profile" text={`You sign in as ${profile.email}.`}>
        <Stack>
          <Group align="flex-end" wrap="nowrap">
            <Avatar name={full_name || profile.email} color="initials" size={56} radius="xl" alt="" />
            <TextInput label="Name" autoComplete="name" flex={1} {...form.getInputProps('full_name')} />
          </Group>
          <Select
            label="Timezone"
            description="Times in your mail are in it, unless your notifications name another"
            data={zones.includes(timezone) ? zones : [timezone, ...zones]}
            searchable
            comboboxProps={{ keepMounted: false }}
            allowDeselect={false}
            {...form.getInputProps('timezone')}
          />
          {guessed !== timezone && zones.includes(guessed) && (
            <Button
              variant="subtle"
              size="compact-sm"
              w="fit-content"
              onClick={() => form.setFieldValue('timezone', guessed)}
            >
              Use this browser's: {guessed}
            </Button>
          )}
          <Select
            label="Dates and numbers"
            placeholder="As this browser writes them"
            data={listLocales(profile.locale)}
            clearable
            clearButtonProps={{ 'aria-label': 'As this browser writes them' }}
            value={form.getValues().locale || null}
            onChange={(locale) => form.setFieldValue('locale', locale ?? '')}
          />
          <FormError error={save.error} />
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </Group>
        </Stack>
      </SettingsCard>
    </form>
  );
}
