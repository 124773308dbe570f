import { ActionIcon, Alert, Card, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import {
  IconDots,
  IconKey,
  IconList,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Endpoint } from '@/api';
import {
  webhooksChangeEndpointMutation,
  webhooksDeleteEndpointMutation,
  webhooksListEndpointsQueryKey,
  webhooksRotateSecretMutation,
} from '@/api/@tanstack/react-query.gen';
import { Tag } from '@/shared/badges/Tag';
import { ConfirmDialog } from '@/shared/page/Confirm';
import { toastDone, toastFailure } from '@/shared/page/toasts';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import { links } from '../links';
import { EditEndpoint, SecretShown } from './EndpointForm';
import { describeWishes } from './endpoints';
import classes from './notifications.module.css';
import { PingButton } from './PingButton';

type Asked = 'edit' | 'rotate' | 'delete' | null;

/** One webhook: where it goes, what it hears of, how it fares. */
export function EndpointCard({ endpoint }: { endpoint: Endpoint }) {
  const { can } = useWorkspace();
  const [asked, setAsked] = useState<Asked>(null);
  const actions = useEndpointActions(endpoint);
  return (
    <Card withBorder p="lg" component="article" aria-label={endpoint.url}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Text className={classes.url}>{endpoint.url}</Text>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {[endpoint.description, describeWishes(endpoint)].filter(Boolean).join(' · ')}
            </Text>
          </div>
          {can('editor') && <EndpointMenu endpoint={endpoint} onAsk={setAsked} onToggle={actions.toggle} />}
        </Group>
        {!endpoint.enabled && (
          <Alert
            color="yellow"
            styles={{ title: { color: 'var(--mantine-color-text)' } }}
            title="Nothing is posted here now"
            p="sm"
          >
            {endpoint.disabled_reason ?? 'It was disabled.'}
          </Alert>
        )}
        <Group gap="sm">
          <Tag color={endpoint.enabled ? 'water' : 'gray'}>{endpoint.enabled ? 'On' : 'Off'}</Tag>
          {endpoint.failures > 0 && (
            <Tag color="red">
              {endpoint.failures === 1
                ? 'the latest message failed'
                : `the latest ${endpoint.failures} messages failed`}
            </Tag>
          )}
          <Text size="sm" c="dimmed">
            last delivered <RelativeTime value={endpoint.last_delivered_at} />
          </Text>
        </Group>
        {can('editor') && <PingButton endpoint={endpoint} />}
      </Stack>
      <Modal opened={asked === 'edit'} onClose={() => setAsked(null)} title="Change the webhook" centered size="lg">
        <EditEndpoint endpoint={endpoint} onClose={() => setAsked(null)} />
      </Modal>
      <ConfirmDialog
        opened={asked === 'rotate'}
        onClose={() => setAsked(null)}
        harmless
        title="Make a new secret?"
        action="Make a new secret"
        onConfirm={actions.rotate}
      >
        For a day messages are signed with both secrets, so that none is refused while you change it over.
      </ConfirmDialog>
      <ConfirmDialog
        opened={asked === 'delete'}
        onClose={() => setAsked(null)}
        title="Delete this webhook?"
        action="Delete webhook"
        onConfirm={actions.remove}
      >
        Nothing is posted to {endpoint.url} any more, and the log of what was goes with it. This can't be undone.
      </ConfirmDialog>
      <Modal
        opened={actions.secret !== null}
        onClose={actions.forgetSecret}
        title="The new secret"
        centered
        size="lg"
        closeOnClickOutside={false}
      >
        <SecretShown secret={actions.secret ?? ''} onClose={actions.forgetSecret} />
      </Modal>
    </Card>
  );
}

interface EndpointMenuProps {
  endpoint: Endpoint;
  onAsk: (asked: Asked) => void;
  onToggle: () => void;
}

function EndpointMenu({ endpoint, onAsk, onToggle }: EndpointMenuProps) {
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`More about ${endpoint.url}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onAsk('edit')}>
          Change
        </Menu.Item>
        <Menu.Item
          leftSection={<IconList size={16} />}
          onClick={() => void navigate(links.deliveries({ endpoint: endpoint.id }))}
        >
          Its deliveries
        </Menu.Item>
        <Menu.Item leftSection={<IconKey size={16} />} onClick={() => onAsk('rotate')}>
          New secret
        </Menu.Item>
        <Menu.Item
          leftSection={endpoint.enabled ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
          onClick={onToggle}
        >
          {endpoint.enabled ? 'Turn off' : 'Turn on'}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => onAsk('delete')}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function useEndpointActions(endpoint: Endpoint) {
  const queries = useQueryClient();
  const [secret, setSecret] = useState<string | null>(null);
  const path = { endpoint_id: endpoint.id };
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: webhooksListEndpointsQueryKey() });
  const change = useMutation({
    ...webhooksChangeEndpointMutation(),
    onSuccess: async (changed) => {
      await refresh();
      toastDone(changed.enabled ? 'The webhook is on.' : 'The webhook is off.');
    },
    onError: (error) => toastFailure('The webhook was not changed', error),
  });
  const rotate = useMutation({
    ...webhooksRotateSecretMutation(),
    onSuccess: async (made) => {
      setSecret(made.secret);
      await refresh();
    },
  });
  const remove = useMutation({
    ...webhooksDeleteEndpointMutation(),
    onSuccess: async () => {
      await refresh();
      toastDone('The webhook was deleted.');
    },
  });
  return {
    secret,
    forgetSecret: () => setSecret(null),
    toggle: () => change.mutate({ path, body: { enabled: !endpoint.enabled } }),
    rotate: () => rotate.mutateAsync({ path }),
    remove: () => remove.mutateAsync({ path }),
  };
}
