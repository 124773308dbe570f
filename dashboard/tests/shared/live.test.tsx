import { createClient } from '@supabase/supabase-js';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { LiveProvider, type Patch, useLiveState, useLiveTable } from '@/shared/live';
import { Refresher } from '@/shared/live/refresher';
import { SupabaseProvider } from '@/shared/platform/supabase';
import { Realtime } from '../fixtures/realtime';

interface ListProps {
  read: () => Promise<string[]>;
  filter?: string | null;
  patch?: Patch;
}

function List({ read, filter = 'workspace_id=eq.w1', patch }: ListProps) {
  const state = useLiveState();
  const query = useQuery({ queryKey: ['fish'], queryFn: read, staleTime: Number.POSITIVE_INFINITY, retry: false });
  useLiveTable('fish', filter, [['fish']], patch);
  return (
    <>
      <p role="status">{state}</p>
      <p>caught: {query.data?.join(', ')}</p>
    </>
  );
}

function open(props: Partial<ListProps> = {}) {
  const realtime = new Realtime();
  const supabase = createClient('http://river.test', 'sb_publishable_example', {
    auth: { persistSession: false, autoRefreshToken: false, storageKey: crypto.randomUUID() },
    realtime: { reconnectAfterMs: () => 20 },
  });
  const rows = ['trout'];
  const reads = { count: 0 };
  const read = async (): Promise<string[]> => {
    reads.count += 1;
    return [...rows];
  };
  const shown = render(
    <SupabaseProvider value={supabase}>
      <QueryClientProvider client={new QueryClient()}>
        <LiveProvider>
          <List read={read} {...props} />
        </LiveProvider>
      </QueryClientProvider>
    </SupabaseProvider>,
  );
  return { realtime, rows, reads, ...shown };
}

async function waitForState(state: string): Promise<void> {
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent(state));
}

describe('useLiveTable', () => {
  it('asks anew when a row changes, with the filter that it was given', async () => {
    const { realtime, rows } = open();
    await waitForState('live');
    expect([...realtime.joined.values()][0]?.wanted[0]).toMatchObject({ table: 'fish', filter: 'workspace_id=eq.w1' });
    rows.push('salmon');
    realtime.insert('fish', { id: 2 });
    expect(await screen.findByText('caught: trout, salmon')).toBeInTheDocument();
  });

  it('catches up on what happened while the connection was lost', async () => {
    const { realtime, rows } = open();
    await waitForState('live');
    realtime.drop();
    await waitForState('reconnecting');
    rows.push('eel');
    realtime.recover();
    await waitForState('live');
    expect(await screen.findByText('caught: trout, eel')).toBeInTheDocument();
    rows.push('pike');
    realtime.insert('fish', { id: 3 });
    expect(await screen.findByText('caught: trout, eel, pike')).toBeInTheDocument();
  });

  it('joins again when the server closes the channel', async () => {
    const { realtime, rows } = open();
    await waitForState('live');
    const joins = realtime.joins;
    realtime.close('fish');
    await waitForState('reconnecting');
    rows.push('carp');
    await waitFor(() => expect(realtime.joins).toBeGreaterThan(joins));
    await waitForState('live');
    expect(await screen.findByText('caught: trout, carp')).toBeInTheDocument();
  });

  it('lets a change be put in place without asking', async () => {
    const patch: Patch = (change, queries) => {
      queries.setQueryData<string[]>(['fish'], (before) => [...(before ?? []), (change.new as { name: string }).name]);
      return true;
    };
    const { realtime, reads } = open({ patch });
    await waitForState('live');
    await waitFor(() => expect(reads.count).toBe(2));
    realtime.insert('fish', { id: 2, name: 'perch' });
    expect(await screen.findByText('caught: trout, perch')).toBeInTheDocument();
    expect(reads.count).toBe(2);
  });

  it('follows nothing as long as it is not known what', async () => {
    const { realtime } = open({ filter: null });
    expect(await screen.findByText('caught: trout')).toBeInTheDocument();
    expect(realtime.joins).toBe(0);
  });

  it('leaves the channel when nobody looks any more', async () => {
    const { realtime, unmount } = open();
    await waitForState('live');
    unmount();
    await waitFor(() => expect(realtime.joined.size).toBe(0));
  });

  it('knows when the browser is offline', async () => {
    const { realtime } = open();
    await waitForState('live');
    Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false });
    window.dispatchEvent(new Event('offline'));
    await waitForState('offline');
    Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => true });
    window.dispatchEvent(new Event('online'));
    await waitForState('live');
    expect(realtime.joins).toBe(1);
  });
});

describe('Refresher', () => {
  it('makes one request of a burst, and waits for a slow answer before the next', async () => {
    const queries = new QueryClient();
    let running = 0;
    let most = 0;
    let answered = 0;
    const finish: (() => void)[] = [];
    const queryFn = async (): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      if (answered > 0) await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
      answered += 1;
      return answered;
    };
    const observed = queries.getQueryCache().build(queries, { queryKey: ['fish'], queryFn });
    await observed.fetch();
    const refresher = new Refresher(queries, 1);
    queries.invalidateQueries = (filters) => {
      expect(filters?.queryKey).toEqual(['fish']);
      return observed.fetch().then(() => undefined);
    };
    for (let change = 0; change < 50; change += 1) refresher.refresh([['fish']]);
    await waitFor(() => expect(finish).toHaveLength(1));
    for (let change = 0; change < 50; change += 1) refresher.refresh([['fish']]);
    finish[0]?.();
    await waitFor(() => expect(finish).toHaveLength(2));
    finish[1]?.();
    await waitFor(() => expect(answered).toBe(3));
    expect(most).toBe(1);
  });
});
