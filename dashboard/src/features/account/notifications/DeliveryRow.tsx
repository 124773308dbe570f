import { Badge, Button, Group, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Attempt, Delivery } from '@/api';
import {
  notificationsListDeliveriesInfiniteQueryKey,
  notificationsReplayDeliveryMutation,
} from '@/api/@tanstack/react-query.gen';
import { tellDone, tellFailed } from '@/shared/tell';
import { formatAbsolute, RelativeTime } from '@/shared/time';
import { CHANNELS, isReplayable, nameDelivery, STATUSES } from './deliveries';
import classes from './notifications.module.css';

/** One message to one recipient; its attempts unfold. */
export function DeliveryRow({ delivery }: { delivery: Delivery }) {
  const [isOpen, { toggle }] = useDisclosure(false);
  const { label, color } = STATUSES[delivery.status];
  const id = `attempts-${delivery.id}`;
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <li>
      <div className={classes.delivery}>
        <Badge variant="light" color={color} c="var(--mantine-color-text)" tt="none">
          {label}
        </Badge>
        <div className={classes.what}>
          <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
            {nameDelivery(delivery)}
          </Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {CHANNELS[delivery.channel]}
            {delivery.address && ` · ${delivery.address}`}
            {delivery.reason && ` · ${delivery.reason}`}
          </Text>
          {delivery.attempt_log.length > 0 && (
            <UnstyledButton
              onClick={toggle}
              aria-expanded={isOpen}
              aria-controls={isOpen ? id : undefined}
              fz="sm"
              c="dimmed"
            >
              <Group gap={2} component="span">
                <Chevron size={14} aria-hidden />
                {delivery.attempt_log.length === 1 ? '1 attempt' : `${delivery.attempt_log.length} attempts`}
              </Group>
            </UnstyledButton>
          )}
        </div>
        <Text size="sm" c="dimmed" className={classes.when}>
          <RelativeTime value={delivery.sent_at ?? delivery.due_at} />
        </Text>
        {isReplayable(delivery) ? <SendAgain delivery={delivery} /> : <span />}
      </div>
      {isOpen && <Attempts id={id} attempts={delivery.attempt_log} />}
    </li>
  );
}

function Attempts({ id, attempts }: { id: string; attempts: Attempt[] }) {
  return (
    <ol id={id} className={classes.attempts} aria-label="Attempts">
      {attempts.map((attempt) => (
        <li key={attempt.number}>
          <Text size="sm">
            {attempt.number}. {STATUSES[attempt.outcome as keyof typeof STATUSES]?.label ?? attempt.outcome}
            {attempt.status_code && ` (${attempt.status_code})`} after {attempt.milliseconds} ms ·{' '}
            <Text span c="dimmed">
              {formatAbsolute(attempt.at)}
            </Text>
          </Text>
          {attempt.response && (
            <Text size="sm" c="dimmed">
              {attempt.response}
            </Text>
          )}
        </li>
      ))}
    </ol>
  );
}

function SendAgain({ delivery }: { delivery: Delivery }) {
  const queries = useQueryClient();
  const replay = useMutation({
    ...notificationsReplayDeliveryMutation(),
    onSuccess: async () => {
      tellDone('It is sent again.');
      await queries.invalidateQueries({ queryKey: notificationsListDeliveriesInfiniteQueryKey() });
    },
    onError: (error) => tellFailed('It was not sent again', error),
  });
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconRefresh size={14} />}
      loading={replay.isPending}
      onClick={() => replay.mutate({ path: { delivery_id: delivery.id } })}
      aria-label={`Send again: ${nameDelivery(delivery)}`}
    >
      Send again
    </Button>
  );
}
