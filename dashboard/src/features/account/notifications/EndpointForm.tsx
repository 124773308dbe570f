import { Button, Group, Modal, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Endpoint } from '@/api';
import {
  webhooksChangeEndpointMutation,
  webhooksCreateEndpointMutation,
  webhooksListEndpointsQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { ShownOnce } from '@/shared/page/Secret';
import { FormError } from '@/shared/page/SettingsCard';
import { toastDone } from '@/shared/page/toasts';
import { useConfig } from '@/shared/platform/config';
import { checkKinds, checkUrl, type EndpointValues, toEndpoint, toValues } from './endpoints';
import { FLOORS } from './preferences';

/** Adds a webhook and shows its secret, this once. */
export function NewEndpointButton() {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [secret, setSecret] = useState<string | null>(null);
  const queries = useQueryClient();
  const create = useMutation({
    ...webhooksCreateEndpointMutation(),
    onSuccess: async (made) => {
      setSecret(made.secret);
      await queries.invalidateQueries({ queryKey: webhooksListEndpointsQueryKey() });
    },
  });
  const start = (): void => {
    setSecret(null);
    create.reset();
    open();
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} />} onClick={start}>
        New webhook
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={secret ? 'The webhook is ready' : 'New webhook'}
        centered
        size="lg"
        closeOnClickOutside={!secret}
      >
        {secret ? (
          <SecretShown secret={secret} onClose={close} />
        ) : (
          <EndpointForm
            action="Add webhook"
            error={create.error}
            isBusy={create.isPending}
            onSubmit={(values) => create.mutate({ body: toEndpoint(values) })}
          />
        )}
      </Modal>
    </>
  );
}

/** The secret with which messages are verified. */
export function SecretShown({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack>
      <ShownOnce label="Signing secret" value={secret} />
      <Text size="sm" c="dimmed">
        Messages carry a signature made with it: verify them, so that nobody else can pretend to be us.
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>I have copied it</Button>
      </Group>
    </Stack>
  );
}

/** Changes a webhook. */
export function EditEndpoint({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const queries = useQueryClient();
  const change = useMutation({
    ...webhooksChangeEndpointMutation(),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: webhooksListEndpointsQueryKey() });
      toastDone('The webhook is saved.');
      onClose();
    },
  });
  return (
    <EndpointForm
      action="Save"
      endpoint={endpoint}
      error={change.error}
      isBusy={change.isPending}
      onSubmit={(values) => change.mutate({ path: { endpoint_id: endpoint.id }, body: toEndpoint(values) })}
    />
  );
}

interface EndpointFormProps {
  endpoint?: Endpoint;
  action: string;
  error: unknown;
  isBusy: boolean;
  onSubmit: (values: EndpointValues) => void;
}

function EndpointForm({ endpoint, action, error, isBusy, onSubmit }: EndpointFormProps) {
  const { products } = useConfig();
  const form = useForm<EndpointValues>({
    initialValues: toValues(endpoint),
    validate: { url: checkUrl, event_kinds: checkKinds },
  });
  return (
    <form noValidate onSubmit={form.onSubmit(onSubmit)}>
      <Stack>
        <TextInput
          label="Address"
          placeholder="https://hooks.example.com/headwater"
          type="url"
          data-autofocus
          {...form.getInputProps('url')}
        />
        <TextInput label="What it is for" maxLength={200} {...form.getInputProps('description')} />
        <TagsInput
          label="Kinds of events"
          description="Leave it empty for every event"
          placeholder={form.getValues().event_kinds.length ? '' : 'Every event'}
          data={products.map(({ name }) => `${name}.*`)}
          {...form.getInputProps('event_kinds')}
        />
        <Select
          label="From which severity on"
          data={FLOORS}
          allowDeselect={false}
          {...form.getInputProps('severity_floor')}
        />
        <FormError error={error} />
        <Group justify="flex-end">
          <Button type="submit" loading={isBusy}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
