import type { Endpoint, NewEndpoint } from '@/api';

/** What the form of a webhook holds. */
export interface EndpointValues {
  url: string;
  description: string;
  severity_floor: Endpoint['severity_floor'];
  event_kinds: string[];
}

/** Show an endpoint as the form has it; without one, an empty form. */
export function toValues(endpoint?: Endpoint): EndpointValues {
  return {
    url: endpoint?.url ?? '',
    description: endpoint?.description ?? '',
    severity_floor: endpoint?.severity_floor ?? 'low',
    event_kinds: endpoint?.event_kinds ?? [],
  };
}

/** Make the request of the form. */
export function toEndpoint(values: EndpointValues): NewEndpoint {
  return { ...values, url: values.url.trim(), description: values.description.trim() };
}

/** Say what is wrong with an address; null when nothing is. */
export function checkUrl(url: string): string | null {
  return /^https?:\/\/[^\s/]+\S*$/.test(url.trim()) ? null : 'Enter an address that begins with https://.';
}

/** Say what is wrong with kinds of events; null when nothing is. */
export function checkKinds(kinds: string[]): string | null {
  const wrong = kinds.find((kind) => !/^[a-z_]+\.([a-z_]+|\*)$/.test(kind));
  return wrong ? `“${wrong}” is no kind of event, such as watch.alert or watch.*` : null;
}

/** What an endpoint is told of, in words. */
export function describeWishes(endpoint: Pick<Endpoint, 'event_kinds' | 'severity_floor'>): string {
  const kinds = endpoint.event_kinds.length ? endpoint.event_kinds.join(', ') : 'Every event';
  if (endpoint.severity_floor === 'low') return kinds;
  return `${kinds}, ${endpoint.severity_floor === 'high' ? 'high severity only' : 'of medium or high severity'}`;
}
