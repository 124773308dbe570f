import type { Delivery } from '@/api';
import type { TagColor } from '../badges/Tag';

export type DeliveryStatus = Delivery['status'];
export type DeliveryChannel = Delivery['channel'];

/** How a status is called and drawn. */
export const STATUSES: Record<DeliveryStatus, { label: string; color: TagColor }> = {
  sent: { label: 'Delivered', color: 'water' },
  pending: { label: 'Waiting', color: 'gray' },
  sending: { label: 'Being sent', color: 'blue' },
  failed: { label: 'To be retried', color: 'orange' },
  dead: { label: 'Given up', color: 'red' },
  uncertain: { label: 'Uncertain', color: 'orange' },
  suppressed: { label: 'Not sent', color: 'gray' },
};

export const CHANNELS: Record<DeliveryChannel, string> = { email: 'E-mail', webhook: 'Webhook', in_app: 'Inbox' };

/** Whether a delivery can be sent again. */
export function isReplayable(delivery: Pick<Delivery, 'status' | 'channel'>): boolean {
  return delivery.channel !== 'in_app' && ['dead', 'uncertain', 'suppressed'].includes(delivery.status);
}

const PURPOSES: Record<string, string> = {
  digest: 'Digest',
  verification: 'Confirmation of an address',
  ping: 'Test message',
};

/** Return what a delivery is about: its event's title, or what it is for. */
export function nameDelivery(delivery: Pick<Delivery, 'title' | 'purpose'>): string {
  return delivery.title ?? PURPOSES[delivery.purpose] ?? delivery.purpose;
}
