import { CHANNELS, type DeliveryChannel, type DeliveryStatus, STATUSES } from '@/shared/deliveries/deliveries';

/** What the page of deliveries shows; it stands in the address. */
export interface DeliverySearch {
  status?: DeliveryStatus;
  channel?: DeliveryChannel;
  endpoint?: string;
}

/** Read the search of the address; what isn't understood is left out. */
export function readDeliverySearch(search: Record<string, unknown>): DeliverySearch {
  const status = Object.keys(STATUSES).find((one) => one === search.status) as DeliveryStatus | undefined;
  const channel = Object.keys(CHANNELS).find((one) => one === search.channel) as DeliveryChannel | undefined;
  const endpoint =
    typeof search.endpoint === 'string' && /^[0-9a-f-]{36}$/i.test(search.endpoint) ? search.endpoint : undefined;
  return { ...(status && { status }), ...(channel && { channel }), ...(endpoint && { endpoint }) };
}
