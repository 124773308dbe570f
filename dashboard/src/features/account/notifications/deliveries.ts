import type { Delivery } from '@/api';

export type Status = Delivery['status'];
export type ChannelName = Delivery['channel'];

/** How a status is called and drawn. */
export const STATUSES: Record<Status, { label: string; color: string }> = {
  sent: { label: 'Delivered', color: 'water' },
  pending: { label: 'Waiting', color: 'gray' },
  sending: { label: 'Being sent', color: 'blue' },
  failed: { label: 'To be retried', color: 'yellow' },
  dead: { label: 'Given up', color: 'red' },
  uncertain: { label: 'Uncertain', color: 'orange' },
  suppressed: { label: 'Not sent', color: 'gray' },
};

export const CHANNELS: Record<ChannelName, string> = { email: 'E-mail', webhook: 'Webhook', in_app: 'Inbox' };

/** What the page of deliveries shows; it stands in the address. */
export interface DeliverySearch {
  status?: Status;
  channel?: ChannelName;
  endpoint?: string;
}

/** Read the search of the address; what isn't understood is left out. */
export function readDeliverySearch(search: Record<string, unknown>): DeliverySearch {
  const status = Object.keys(STATUSES).find((one) => one === search.status) as Status | undefined;
  const channel = Object.keys(CHANNELS).find((one) => one === search.channel) as ChannelName | undefined;
  const endpoint =
    typeof search.endpoint === 'string' && /^[0-9a-f-]{36}$/i.test(search.endpoint) ? search.endpoint : undefined;
  return { ...(status && { status }), ...(channel && { channel }), ...(endpoint && { endpoint }) };
}

/** Whether a delivery can be sent again. */
export function isReplayable(delivery: Pick<Delivery, 'status' | 'channel'>): boolean {
  return delivery.channel !== 'in_app' && ['dead', 'uncertain', 'suppressed'].includes(delivery.status);
}

const PURPOSES: Record<string, string> = {
  digest: 'Digest',
  verification: 'Confirmation of an address',
  ping: 'Test message',
};

/** What a delivery tells of. */
export function nameDelivery(delivery: Pick<Delivery, 'title' | 'purpose'>): string {
  return delivery.title ?? PURPOSES[delivery.purpose] ?? delivery.purpose;
}
