import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Alert } from '@/api';
import { watch } from '@/features/watch/feature';
import { keepSession, openDashboard, openNetwork } from '../../fixtures/stage';
import { makeAlert, makeDiff, makeRow } from './made';

function open(path: string, network = openNetwork()) {
  keepSession();
  return openDashboard(path, { network, feature: watch });
}

describe('the inbox', () => {
  function openInbox(alerts: Alert[]) {
    const network = openNetwork().on('GET /api/v1/alerts', ({ query }) => {
      const wanted = query.get('acknowledged');
      return alerts.filter((alert) => wanted === null || Boolean(alert.acknowledged_at) === (wanted === 'true'));
    });
    return { ...open('/watch/alerts', network), alerts };
  }

  it('shows an alert that arrives without being asked', async () => {
    const { realtime, alerts } = openInbox([]);
    expect(await screen.findByText('All acknowledged')).toBeInTheDocument();
    await waitFor(() => expect(realtime.joins).toBeGreaterThan(0));
    alerts.push(makeAlert());
    realtime.insert('change_alerts', { ...makeAlert() });
    expect(await screen.findByRole('link', { name: /Price changed from \$20 to \$24/ })).toBeInTheDocument();
  });

  it('acknowledges what is selected and takes it back', async () => {
    const made = [makeAlert(), makeAlert({ id: 'a0', summary: 'The lamp is sold out' })];
    const { network, user, alerts } = openInbox(made);
    for (const alert of made) {
      network.on(`POST /api/v1/alerts/${alert.id}/acknowledge`, ({ query }) => {
        alert.acknowledged_at = query.get('undo') === 'true' ? null : '2026-03-01T13:00:00Z';
        return { body: alert };
      });
    }
    await user.click(await screen.findByRole('checkbox', { name: 'Select all' }));
    await user.click(screen.getByRole('button', { name: 'Acknowledge' }));
    expect(await screen.findByText('All acknowledged')).toBeInTheDocument();
    expect(alerts.every(({ acknowledged_at }) => acknowledged_at)).toBe(true);
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByRole('link', { name: /The lamp is sold out/ })).toBeInTheDocument();
    expect(alerts.some(({ acknowledged_at }) => acknowledged_at)).toBe(false);
  });

  it('says which alerts were left, and why', async () => {
    const { network, user } = openInbox([makeAlert()]);
    const refusal = { code: 'not_found', message: 'There is no such alert that you may acknowledge.' };
    network.on('POST /api/v1/alerts/a1/acknowledge', { status: 404, body: refusal });
    await user.click(await screen.findByRole('button', { name: /^Acknowledge: Price changed/ }));
    expect(await screen.findByText(/no such alert that you may acknowledge/)).toBeInTheDocument();
    expect(await screen.findByRole('link', { name: /Open:.*Price changed/ })).toBeInTheDocument();
  });

  it('says what happened when it can not be loaded, and tries again', async () => {
    const network = openNetwork().on('GET /api/v1/alerts', { status: 403, body: { message: 'You may not.' } });
    const { user } = open('/watch/alerts', network);
    expect(await screen.findByText('The alerts could not be loaded')).toBeInTheDocument();
    network.on('GET /api/v1/alerts', [makeAlert()]);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: /Price changed/ })).toBeInTheDocument();
  });
});

describe('a change', () => {
  function openChange(diff = makeDiff()) {
    const network = openNetwork()
      .on('GET /api/v1/alerts', [makeAlert()])
      .on('GET /api/v1/alerts/a1', { body: makeAlert() })
      .on('GET /api/v1/alerts/a1/diff', { body: diff })
      .on('GET /api/v1/notifications/deliveries', []);
    return open('/watch/alerts/a1', network);
  }

  it('marks what went and what came by more than colour, side by side and inline', async () => {
    const { user } = openChange();
    const table = await screen.findByRole('table');
    expect(within(table).getByRole('deletion')).toHaveTextContent('[removed: $20]');
    expect(within(table).getByRole('insertion')).toHaveTextContent('[added: $24]');
    const [before, after] = within(table).getAllByRole('cell').slice(-2);
    expect(before).toHaveTextContent('The Team plan costs [removed: $20] a month.');
    expect(after).not.toHaveTextContent('$20]');
    await user.click(screen.getByRole('radio', { name: 'Inline' }));
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
    const list = screen.getByRole('region', { name: 'What changed' });
    expect(within(list).getByRole('deletion').parentElement).toBe(within(list).getByRole('insertion').parentElement);
  });

  it('is stepped through with j and k, and keeps the view that was chosen', async () => {
    const second = makeRow({
      kind: 'added',
      spans: [{ op: 'added', text: 'A new line.' }],
      before_number: null,
      score: 0.6,
    });
    const { user } = openChange(makeDiff({ rows: [...makeDiff().rows, second] }));
    await screen.findByRole('table');
    await user.keyboard('j');
    expect(document.activeElement).toHaveTextContent('The Team plan costs');
    await user.keyboard('j');
    expect(document.activeElement).toHaveTextContent('A new line.');
    await user.keyboard('k');
    expect(document.activeElement).toHaveTextContent('The Team plan costs');
    await user.keyboard('v');
    expect(localStorage.getItem('headwater-diff-mode')).toBe('inline');
  });

  it('gives the score with its reasons and thresholds', async () => {
    openChange();
    const card = await screen.findByRole('region', { name: 'Score' });
    expect(card).toHaveTextContent('0.91');
    expect(within(card).getByRole('listitem')).toHaveTextContent('Price changed from $20 to $24');
    expect(
      within(card).getByRole('img', { name: /alert from 0.4, medium from 0.6, high from 0.8/ }),
    ).toBeInTheDocument();
  });

  it('hides noise until it is asked for, and says why it is noise', async () => {
    const noise = makeRow({ kind: 'noise', reason: 'clock', spans: [{ op: 'added', text: '12:44' }] });
    const { user } = openChange(makeDiff({ rows: [...makeDiff().rows, noise] }));
    await screen.findByRole('table');
    expect(screen.queryByText(/a clock/)).not.toBeInTheDocument();
    await user.click(screen.getByRole('switch', { name: 'Noise (1)' }));
    expect(screen.getByText(/a clock/)).toBeInTheDocument();
  });

  it('shows who was notified of it', async () => {
    const { network } = openChange();
    expect(await screen.findByRole('region', { name: 'Deliveries' })).toBeInTheDocument();
    await waitFor(() => expect(network.to('GET /api/v1/notifications/deliveries')).not.toHaveLength(0));
    const { query } = network.to('GET /api/v1/notifications/deliveries')[0] ?? {};
    expect([query?.get('kind'), query?.get('event_id')]).toEqual(['watch.alert', 'a1']);
  });
});
