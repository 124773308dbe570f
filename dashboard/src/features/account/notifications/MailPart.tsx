import { Group, Radio, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import type { Preferences } from '@/api';
import { Tag } from '@/shared/badges/Tag';
import { SettingsCard } from '@/shared/page/SettingsCard';
import { listTimezones } from '../choices';
import type { Form } from './PreferencesForm';
import { HOURS, MODES } from './preferences';

/** When mail comes, and to which address. */
export function MailPart({ form, preferences }: { form: Form; preferences: Preferences }) {
  const zones = useMemo(listTimezones, []);
  const { mode, quiet, timezone } = form.getValues();
  return (
    <SettingsCard title="E-mail">
      <Stack>
        <Radio.Group label="How often" {...form.getInputProps('mode')}>
          <Stack gap="xs" mt={6}>
            {MODES.map(({ value, label, text }) => (
              <Radio key={value} value={value} label={label} description={text} />
            ))}
          </Stack>
        </Radio.Group>
        {mode === 'daily' && (
          <Select label="At" data={HOURS} allowDeselect={false} maw={160} {...form.getInputProps('digest_hour')} />
        )}
        <Switch
          label="Quiet hours"
          description="Mail waits until they are over; the inbox and webhooks don't"
          {...form.getInputProps('quiet', { type: 'checkbox' })}
        />
        {quiet && (
          <Group gap="sm" align="flex-start">
            <TextInput type="time" label="From" w={130} {...form.getInputProps('quiet_start')} />
            <TextInput type="time" label="To" w={130} {...form.getInputProps('quiet_end')} />
          </Group>
        )}
        <Select
          label="Timezone of these hours"
          data={zones.includes(timezone) ? zones : [timezone, ...zones]}
          searchable
          comboboxProps={{ keepMounted: false }}
          allowDeselect={false}
          {...form.getInputProps('timezone')}
        />
        <TextInput
          type="email"
          label="Another address"
          description="Where mail goes instead of your sign-in address. It must be confirmed by a link that is sent there."
          placeholder={preferences.email ? undefined : preferences.address}
          rightSectionWidth={preferences.email ? 110 : undefined}
          rightSection={preferences.email && <Verified isVerified={preferences.address_verified} />}
          {...form.getInputProps('email')}
        />
      </Stack>
    </SettingsCard>
  );
}

function Verified({ isVerified }: { isVerified: boolean }) {
  return <Tag color={isVerified ? 'water' : 'orange'}>{isVerified ? 'confirmed' : 'to confirm'}</Tag>;
}
