import { Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKey } from '@/api';
import { apiKeysCreateKeyMutation, apiKeysListKeysQueryKey } from '@/api/@tanstack/react-query.gen';
import { ShownOnce } from '@/shared/page/Secret';
import { FormError } from '@/shared/page/SettingsCard';
import { useWorkspace } from '@/shared/platform/workspace';
import { type KeyForm, LIFETIMES, REACHES, toNewKey } from './scopes';

/** Makes a key and shows it, this once. */
export function NewKeyButton() {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [made, setMade] = useState<ApiKey | null>(null);
  const start = (): void => {
    setMade(null);
    open();
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={start}>
        New key
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={made ? 'Your new key' : 'New API key'}
        centered
        size="lg"
        // A stray click must not lose what is shown this once.
        closeOnClickOutside={!made}
      >
        {made ? (
          <Stack>
            <ShownOnce label="Key" value={made.key ?? ''} />
            <Text size="sm" c="dimmed">
              Send it as <code>Authorization: Bearer {made.prefix}…</code>. Only a hash of it is kept here.
            </Text>
            <Group justify="flex-end">
              <Button onClick={close}>I have copied it</Button>
            </Group>
          </Stack>
        ) : (
          <NewKeyForm onMade={setMade} />
        )}
      </Modal>
    </>
  );
}

function NewKeyForm({ onMade }: { onMade: (key: ApiKey) => void }) {
  const { can } = useWorkspace();
  const queries = useQueryClient();
  const create = useMutation({
    ...apiKeysCreateKeyMutation(),
    onSuccess: (key) => {
      onMade(key);
      void queries.invalidateQueries({ queryKey: apiKeysListKeysQueryKey() });
    },
  });
  const form = useForm<KeyForm>({
    initialValues: { name: '', scope: 'read', lifetime: '90' },
    validate: {
      name: (name) => {
        if (!name.trim()) return 'Say what the key is for.';
        return name.trim().length > 100 ? 'Use 100 characters at most.' : null;
      },
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate({ body: toNewKey(values, Date.now()) }))} noValidate>
      <Stack>
        <TextInput
          label="Name"
          description="What it is for, such as the program that will use it"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Radio.Group label="It may" {...form.getInputProps('scope')}>
          <Stack gap="xs" mt={6}>
            {REACHES.filter(({ role }) => can(role)).map(({ scope, label, may }) => (
              <Radio key={scope} value={scope} label={label} description={may} />
            ))}
          </Stack>
        </Radio.Group>
        <Select
          label="It works for"
          data={LIFETIMES.map(({ value, label }) => ({ value, label }))}
          allowDeselect={false}
          {...form.getInputProps('lifetime')}
        />
        <FormError error={create.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            Make key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
