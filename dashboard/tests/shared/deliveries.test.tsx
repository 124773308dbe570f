import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '@/api';
import { isReplayable, nameDelivery } from '@/shared/deliveries/deliveries';
import { EventDeliveries } from '@/shared/deliveries/EventDeliveries';
import { address } from '@/shared/feature/addresses';
import { pageRoute } from '@/shared/feature/routes';
import { keepSession, makeFeature, openDashboard, openNetwork, WORKSPACES } from '../fixtures/stage';

const PATH = '/api/v1/notifications/deliveries';

function makeDelivery(changes: Partial<Delivery> = {}): Delivery {
  return {
    id: 'd1',
    workspace_id: WORKSPACES[0]?.id ?? '',
    channel: 'email',
    purpose: 'event',
    status: 'dead',
    reason: 'The mailbox is full.',
    mode: 'immediate',
    user_id: null,
    endpoint_id: null,
    digest_id: null,
    address: 'ada@example.com',
    kind: 'rivers.flood',
    title: 'The Elbe rises',
    severity: 'high',
    due_at: '2026-03-01T12:00:00Z',
    sent_at: null,
    attempts: 1,
    created_at: '2026-03-01T12:00:00Z',
    attempt_log: [
      { number: 1, outcome: 'failed', status_code: 452, response: 'full', milliseconds: 9, at: '2026-03-01T12:00:00Z' },
    ],
    ...changes,
  };
}

function openDeliveries(deliveries: Delivery[]) {
  keepSession();
  const network = openNetwork().on(`GET ${PATH}`, () => deliveries);
  const page = pageRoute(address('/flood'), () => <EventDeliveries kind="rivers.flood" eventId="f1" />);
  return openDashboard('/flood', { network, feature: { ...makeFeature(), routes: [page] } });
}

describe('the deliveries of an event', () => {
  it('are those of this event alone, with each attempt', async () => {
    const { network } = openDeliveries([makeDelivery()]);
    const card = await screen.findByRole('region', { name: 'Deliveries' });
    expect(await within(card).findByText('Given up')).toBeInTheDocument();
    expect(within(card).getByRole('list', { name: 'Attempts' })).toHaveTextContent('1. To be retried (452) after 9 ms');
    expect(card).toHaveTextContent('The mailbox is full.');
    const { query } = network.to(`GET ${PATH}`)[0] ?? {};
    expect([query?.get('kind'), query?.get('event_id')]).toEqual(['rivers.flood', 'f1']);
  });

  it('are sent again when they were given up, and then asked for anew', async () => {
    const deliveries = [makeDelivery()];
    const { network, user } = openDeliveries(deliveries);
    network.on(`POST ${PATH}/d1/replay`, () => {
      deliveries[0] = makeDelivery({ status: 'pending', reason: null });
      return { body: deliveries[0] };
    });
    await user.click(await screen.findByRole('button', { name: 'Send again: The Elbe rises' }));
    expect(await screen.findByText('Waiting')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Send again/ })).not.toBeInTheDocument();
  });

  it('show up as they change', async () => {
    const deliveries: Delivery[] = [];
    const { realtime } = openDeliveries(deliveries);
    expect(await screen.findByText(/Nobody that you can see/)).toBeInTheDocument();
    await waitFor(() => expect(realtime.joins).toBeGreaterThan(0));
    deliveries.push(makeDelivery({ status: 'sent', reason: null }));
    realtime.insert('notification_deliveries', { id: 'd1' });
    expect(await screen.findByText('Delivered')).toBeInTheDocument();
  });
});

describe('a delivery', () => {
  it('is named by its event or by what it is for', () => {
    expect(nameDelivery({ title: 'The Elbe rises', purpose: 'event' })).toBe('The Elbe rises');
    expect(nameDelivery({ title: null, purpose: 'ping' })).toBe('Test message');
  });

  it('can be sent again when it was given up, but never into an inbox', () => {
    expect(isReplayable({ status: 'dead', channel: 'email' })).toBe(true);
    expect(isReplayable({ status: 'sent', channel: 'email' })).toBe(false);
    expect(isReplayable({ status: 'dead', channel: 'in_app' })).toBe(false);
  });
});
