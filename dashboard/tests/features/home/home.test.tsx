import { render, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Counter, Section, Trend } from '@/api';
import { home } from '@/features/home/feature';
import { describeTrend } from '@/features/home/TrendBars';
import { gather, notable, notableTrends } from '@/features/home/tones';
import { keepSession, openDashboard, openNetwork } from '../../fixtures/stage';

const count = (name: string, value: number, changes: Partial<Counter> = {}): Counter => ({
  name,
  label: name,
  value,
  tone: 'neutral',
  link: null,
  ...changes,
});

const TREND: Trend = {
  name: 'changes',
  label: 'Changes',
  tone: 'warning',
  points: [
    { at: '2026-03-01T10:00:00Z', value: 1 },
    { at: '2026-03-01T12:00:00Z', value: 4 },
    { at: '2026-03-01T14:00:00Z', value: 0 },
  ],
};

function makeSection(changes: Partial<Section> = {}): Section {
  return {
    name: 'rivers',
    title: 'Rivers',
    since: [count('floods', 3), count('droughts', 0)],
    now: [count('dams', 2, { link: '/rivers?state=full' })],
    recent: [],
    trends: [TREND],
    start: null,
    follows: ['floods'],
    problem: null,
    ...changes,
  };
}

const HAPPENED = {
  id: '0195-0001',
  kind: 'rivers.flood',
  title: 'The Elbe rises',
  summary: 'By 40 cm',
  at: '2026-03-01T12:00:00Z',
  tone: 'bad' as const,
  link: '/rivers/1',
};

function openHome(sections: Section[], previous: string | null = '2026-03-01T08:00:00Z') {
  keepSession();
  const network = openNetwork()
    .on('POST /api/v1/auth/visits', {
      body: { previous_visit_at: previous, last_seen_at: '2026-03-01T12:30:00Z' },
    })
    .on('GET /api/v1/overview', {
      body: { workspace_id: '0194-personal', since: '2026-03-01T08:00:00Z', at: '2026-03-01T12:30:00Z', sections },
    });
  return openDashboard('/', { network, feature: home });
}

describe('the first page', () => {
  it('asks what is new once the visit is noted, and shows it', async () => {
    const { network } = openHome([makeSection({ recent: [HAPPENED] })]);
    expect(await screen.findByRole('link', { name: 'The Elbe rises' })).toHaveAttribute('href', '/rivers/1');
    expect(screen.getByText(/What is new since you were here/)).toBeInTheDocument();
    expect(screen.getByText('Rivers · By 40 cm')).toBeInTheDocument();
    expect(screen.getByText('floods')).toBeInTheDocument();
    // What the server filters by is in the link.
    expect(screen.getByRole('link', { name: /dams/ })).toHaveAttribute('href', '/rivers?state=full');
    // A zero beside a number says nothing.
    expect(screen.queryByText('droughts')).not.toBeInTheDocument();
    const order = network.sent.map(({ path }) => path);
    expect(order.indexOf('/api/v1/auth/visits')).toBeLessThan(order.indexOf('/api/v1/overview'));
  });

  it('greets somebody who never was here, with the first step to take', async () => {
    const start = { title: 'Where does it flow?', text: 'Tell us.', label: 'Add a river', link: '/rivers/new' };
    openHome([makeSection({ start })], null);
    expect(await screen.findByRole('link', { name: 'Add a river' })).toHaveAttribute('href', '/rivers/new');
    expect(screen.getByText(/^Welcome\./)).toBeInTheDocument();
    expect(screen.getByText(/Nothing new since you were here/)).toBeInTheDocument();
  });

  it('shows the rest when one part is broken', async () => {
    const broken = makeSection({ name: 'seas', title: 'Seas', problem: "This part can't be shown now." });
    openHome([broken, makeSection()]);
    expect(await screen.findByText(/This part can't be shown now/)).toBeInTheDocument();
    expect(screen.getByText('floods')).toBeInTheDocument();
  });

  it('asks anew when a table changes that a part follows', async () => {
    const { network, realtime } = openHome([makeSection()]);
    await screen.findByText('floods');
    await waitFor(() => expect(realtime.joined.size).toBeGreaterThan(0));
    const before = network.to('GET /api/v1/overview').length;
    realtime.insert('floods', { id: 'x' });
    await waitFor(() => expect(network.to('GET /api/v1/overview').length).toBeGreaterThan(before));
  });
});

describe('what is shown', () => {
  it('gathers what happened, newest first', () => {
    const later = { ...HAPPENED, id: '2', at: '2026-03-01T13:00:00Z' };
    const sections = [makeSection({ recent: [HAPPENED] }), makeSection({ title: 'Seas', recent: [later] })];
    expect(gather(sections).map(({ id, section }) => [id, section])).toEqual([
      ['2', 'Seas'],
      ['0195-0001', 'Rivers'],
    ]);
  });

  it('leaves out zeros, unless there is nothing else', () => {
    expect(notable([count('a', 0), count('b', 2)]).map(({ name }) => name)).toEqual(['b']);
    expect(notable([count('a', 0), count('b', 0)]).map(({ name }) => name)).toEqual(['a']);
    const flat = { ...TREND, name: 'flat', points: TREND.points.map((point) => ({ ...point, value: 0 })) };
    expect(notableTrends([flat, TREND]).map(({ name }) => name)).toEqual(['changes']);
    expect(notableTrends([flat]).map(({ name }) => name)).toEqual(['flat']);
  });

  it('says a trend in words', () => {
    render(<p>{describeTrend(TREND)}</p>);
    expect(screen.getByText(/^Changes: 5 since Mar 1, 2026.*most on Mar 1, 2026.*\(4\)\.$/)).toBeInTheDocument();
  });
});
