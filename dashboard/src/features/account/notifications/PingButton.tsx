import { Button, Group, Loader, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Delivery, Endpoint } from '@/api';
import { notificationsReadDeliveryOptions, webhooksPingEndpointMutation } from '@/api/@tanstack/react-query.gen';
import { useLiveTable } from '@/shared/live';
import { explain } from '@/shared/platform/errors';

const OPEN = ['pending', 'sending', 'failed'];

/** Say how a test message fared; null while it is on its way. */
export function describePing(delivery: Pick<Delivery, 'status' | 'attempt_log' | 'reason'>): string | null {
  if (OPEN.includes(delivery.status)) return null;
  const last = delivery.attempt_log.at(-1);
  const code = last?.status_code ? ` with ${last.status_code}` : '';
  if (delivery.status === 'sent') return `It answered${code} after ${last?.milliseconds ?? 0} ms.`;
  const reason = delivery.reason ?? last?.response;
  return `It was not taken${code}${reason ? `: ${reason}` : '.'}`;
}

/** Sends a test message and shows what the endpoint answered. */
export function PingButton({ endpoint }: { endpoint: Endpoint }) {
  const ping = useMutation(webhooksPingEndpointMutation());
  return (
    <Group gap="sm">
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconSend size={14} />}
        loading={ping.isPending}
        onClick={() => ping.mutate({ path: { endpoint_id: endpoint.id } })}
      >
        Send a test
      </Button>
      {ping.isError && (
        <Text size="sm" role="alert" c="var(--mantine-color-error)">
          {explain(ping.error).message}
        </Text>
      )}
      {ping.data && <PingOutcome key={ping.data.id} delivery={ping.data} />}
    </Group>
  );
}

function PingOutcome({ delivery }: { delivery: Delivery }) {
  const options = notificationsReadDeliveryOptions({ path: { delivery_id: delivery.id } });
  const query = useQuery({
    ...options,
    initialData: delivery,
    refetchInterval: ({ state }) => (state.data && describePing(state.data) === null ? 1500 : false),
  });
  useLiveTable('notification_deliveries', `id=eq.${delivery.id}`, [options.queryKey]);
  const outcome = describePing(query.data);
  return (
    <Text
      size="sm"
      role="status"
      c={outcome && query.data.status !== 'sent' ? 'var(--mantine-color-error)' : 'dimmed'}
      style={{ overflowWrap: 'anywhere' }}
    >
      {outcome ?? (
        <Group gap={6} component="span">
          <Loader size={12} aria-hidden /> on its way
        </Group>
      )}
    </Text>
  );
}
