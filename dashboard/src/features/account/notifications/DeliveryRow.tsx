import { Group, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { Delivery } from '@/api';
import { Tag } from '@/shared/badges/Tag';
import { Attempts } from '@/shared/deliveries/Attempts';
import { CHANNELS, isReplayable, nameDelivery, STATUSES } from '@/shared/deliveries/deliveries';
import { SendAgain } from '@/shared/deliveries/SendAgain';
import { RelativeTime } from '@/shared/time';
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
        <Tag color={color}>{label}</Tag>
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
      {isOpen && <Attempts id={id} attempts={delivery.attempt_log} className={classes.attempts} />}
    </li>
  );
}
