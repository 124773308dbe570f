import { Button, Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconBell, IconMail, IconRefresh, IconWebhook } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { notificationsReplayDeliveryMutation } from '@/api/@tanstack/react-query.gen';
import { useLiveTable } from '@/shared/live';
import { ListSkeleton, QueryStates } from '@/shared/states';
import { useSupabase } from '@/shared/supabase';
import { tellFailed } from '@/shared/tell';
import { RelativeTime } from '@/shared/time';
import { useWorkspace } from '@/shared/workspace';
import { KEYS } from '../keys';
import { Tag } from '../parts/Tag';
import { type Delivery, deliveriesOf } from './deliveryQuery';

const CHANNELS = {
  email: { label: 'E-mail', icon: IconMail },
  webhook: { label: 'Webhook', icon: IconWebhook },
  in_app: { label: 'Inbox', icon: IconBell },
} as const;

const STATES = {
  pending: { label: 'Waiting', colour: 'gray' },
  sending: { label: 'Being sent', colour: 'blue' },
  sent: { label: 'Delivered', colour: 'water' },
  failed: { label: 'Will be tried again', colour: 'orange' },
  dead: { label: 'Given up', colour: 'red' },
  suppressed: { label: 'Held back', colour: 'gray' },
  uncertain: { label: 'Uncertain', colour: 'orange' },
} as const satisfies Record<Delivery['status'], object>;

/** Who was told of a change, by which channel, and how each attempt fared. */
export function Deliveries({ alertId }: { alertId: string }) {
  const supabase = useSupabase();
  const { workspace } = useWorkspace();
  const query = useQuery(deliveriesOf(supabase, alertId));
  useLiveTable('notification_deliveries', `workspace_id=eq.${workspace.id}`, [KEYS.deliveries]);
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label="Deliveries">
      <Title order={2} size="h5" mb="xs">
        Who was told
      </Title>
      <QueryStates
        query={query}
        what="The deliveries could not be loaded"
        skeleton={<ListSkeleton rows={2} height={40} />}
        isEmpty={(found) => found.length === 0}
        empty={
          <Text size="sm" c="dimmed">
            Nobody that you can see. What members are told follows each one’s own preferences.
          </Text>
        }
      >
        {(found) => (
          <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {found.map((delivery) => (
              <OneDelivery key={delivery.id} delivery={delivery} />
            ))}
          </Stack>
        )}
      </QueryStates>
    </Paper>
  );
}

function OneDelivery({ delivery }: { delivery: Delivery }) {
  const { label, icon: Picture } = CHANNELS[delivery.channel];
  const state = STATES[delivery.status];
  const attempts = delivery.notification_attempts;
  return (
    <li>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ThemeIcon variant="default" size={30} radius="md" aria-hidden>
          <Picture size={16} />
        </ThemeIcon>
        <div style={{ minWidth: 0, flex: 1 }}>
          <Group gap={6} justify="space-between">
            <Text size="sm" fw={600}>
              {label}
            </Text>
            <Tag colour={state.colour}>{state.label}</Tag>
          </Group>
          {delivery.address && (
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {delivery.address}
            </Text>
          )}
          {delivery.reason && <Text size="xs">{delivery.reason}</Text>}
          {delivery.status === 'pending' && (
            <Text size="xs" c="dimmed">
              Due <RelativeTime value={delivery.due_at} />
              {delivery.mode !== 'immediate' && `, in the ${delivery.mode} digest`}
            </Text>
          )}
          {attempts.map((attempt) => (
            <Text key={attempt.number} size="xs" c="dimmed">
              Attempt {attempt.number}: {attempt.outcome}
              {attempt.status_code !== null && ` (${attempt.status_code})`} in {attempt.milliseconds} ms,{' '}
              <RelativeTime value={attempt.at} />
              {attempt.outcome !== 'sent' && attempt.response && ` — ${attempt.response.slice(0, 160)}`}
            </Text>
          ))}
          <Replay delivery={delivery} />
        </div>
      </Group>
    </li>
  );
}

function Replay({ delivery }: { delivery: Delivery }) {
  const { can } = useWorkspace();
  const queries = useQueryClient();
  const replay = useMutation({
    ...notificationsReplayDeliveryMutation(),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEYS.deliveries }),
    onError: (error) => tellFailed('It was not sent again', error),
  });
  if (!['dead', 'uncertain', 'suppressed'].includes(delivery.status) || !can('editor')) return null;
  return (
    <Button
      mt={4}
      size="compact-xs"
      variant="light"
      leftSection={<IconRefresh size={13} />}
      loading={replay.isPending}
      onClick={() => replay.mutate({ path: { delivery_id: delivery.id } })}
    >
      Send again
    </Button>
  );
}
