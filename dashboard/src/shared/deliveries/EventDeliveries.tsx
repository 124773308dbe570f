import { Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconBell, IconMail, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Delivery } from '@/api';
import { notificationsListDeliveriesOptions } from '@/api/@tanstack/react-query.gen';
import { Tag } from '../badges/Tag';
import { useLiveTable } from '../live';
import { ListSkeleton, QueryStates } from '../page/states';
import { useWorkspace } from '../platform/workspace';
import { RelativeTime } from '../time';
import { Attempts } from './Attempts';
import { CHANNELS, STATUSES } from './deliveries';
import classes from './deliveries.module.css';
import { DELIVERIES_KEY } from './keys';
import { SendAgain } from './SendAgain';

const ICONS = { email: IconMail, webhook: IconWebhook, in_app: IconBell } as const;

interface EventDeliveriesProps {
  /** The kind of the event, such as `watch.alert`. */
  kind: string;
  /** The product's own id of what happened, such as the alert's. */
  eventId: string;
}

/** Who was notified of one thing that happened, by which channel, and how each attempt ended. */
export function EventDeliveries({ kind, eventId }: EventDeliveriesProps) {
  const { workspace, can } = useWorkspace();
  const query = useQuery(notificationsListDeliveriesOptions({ query: { kind, event_id: eventId, limit: 100 } }));
  useLiveTable('notification_deliveries', `workspace_id=eq.${workspace.id}`, [DELIVERIES_KEY]);
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label="Deliveries">
      <Title order={2} size="h5" mb="xs">
        Who was notified
      </Title>
      <QueryStates
        query={query}
        what="The deliveries could not be loaded"
        skeleton={<ListSkeleton rows={2} height={40} />}
        isEmpty={(found) => found.length === 0}
        empty={
          <Text size="sm" c="dimmed">
            Nobody that you can see. Members set in their own preferences what they are notified of.
          </Text>
        }
      >
        {(found) => (
          <Stack gap="sm" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {found.map((delivery) => (
              <OneDelivery key={delivery.id} delivery={delivery} canSendAgain={can('editor')} />
            ))}
          </Stack>
        )}
      </QueryStates>
    </Paper>
  );
}

function OneDelivery({ delivery, canSendAgain }: { delivery: Delivery; canSendAgain: boolean }) {
  const Picture = ICONS[delivery.channel];
  const { label, color } = STATUSES[delivery.status];
  return (
    <li>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <ThemeIcon variant="default" size={30} radius="md" aria-hidden>
          <Picture size={16} />
        </ThemeIcon>
        <Stack gap={4} miw={0} flex={1} align="flex-start">
          <Group gap={6} justify="space-between" w="100%">
            <Text size="sm" fw={600}>
              {CHANNELS[delivery.channel]}
            </Text>
            <Tag color={color}>{label}</Tag>
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
          {delivery.attempt_log.length > 0 && <Attempts attempts={delivery.attempt_log} className={classes.attempts} />}
          {canSendAgain && <SendAgain delivery={delivery} />}
        </Stack>
      </Group>
    </li>
  );
}
