import { type QueryClient, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useSupabase } from '../platform/supabase';
import { Refresher } from './refresher';
import { type Change, type LiveState, LiveTables } from './tables';

export type { Change, LiveState, Row } from './tables';

interface Live {
  tables: LiveTables;
  refresher: Refresher;
}

const LiveContext = createContext<Live | null>(null);

/** Keeps the one socket over which tables are followed. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const supabase = useSupabase();
  const queries = useQueryClient();
  const live = useMemo(
    () => ({ tables: new LiveTables(supabase), refresher: new Refresher(queries) }),
    [supabase, queries],
  );
  useEffect(() => live.tables.open(), [live]);
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('live tables need a LiveProvider above them');
  return live;
}

/** How the live connection stands. */
export function useLiveState(): LiveState {
  const { tables } = useLive();
  return useSyncExternalStore(tables.subscribe, () => tables.state);
}

/** Put a change into the cache oneself; true = done, so that nothing needs to be asked for. */
export type Patch = (change: Change, queries: QueryClient) => boolean;

/**
 * Keep queries up to date with a table: whatever stands under `queryKeys` (prefixes will do) is asked for anew when a
 * row changes, and once whenever changes begin to flow, so that nothing is missed before or between connections.
 *
 * `filter` is PostgREST's, such as `workspace_id=eq.…`; null follows nothing for now.
 */
export function useLiveTable(
  table: string,
  filter: string | undefined | null,
  queryKeys: readonly QueryKey[],
  patch?: Patch,
): void {
  const { tables, refresher } = useLive();
  const latest = useRef({ queryKeys, patch });
  useEffect(() => {
    latest.current = { queryKeys, patch };
  });
  useEffect(() => {
    if (filter === null) return;
    return tables.follow(table, filter, {
      changed: (change) => {
        if (!latest.current.patch?.(change, refresher.queries)) refresher.refresh(latest.current.queryKeys);
      },
      ready: () => refresher.refresh(latest.current.queryKeys),
    });
  }, [tables, refresher, table, filter]);
}
