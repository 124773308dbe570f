import { useLiveTable } from '@/shared/live';
import { useWorkspace } from '@/shared/platform/workspace';
import { KEYS } from './keys';

/** Keep alerts up to date. */
export function useLiveAlerts(): void {
  const { workspace } = useWorkspace();
  useLiveTable('change_alerts', `workspace_id=eq.${workspace.id}`, [KEYS.alerts, KEYS.alert]);
}

/** Keep sources up to date, and what is counted of their checks: each check touches its source. */
export function useLiveSources(): void {
  const { workspace } = useWorkspace();
  useLiveTable('monitored_sources', `workspace_id=eq.${workspace.id}`, [KEYS.sources, KEYS.sparklines, KEYS.series]);
}

/** Keep one source up to date with its history and charts. */
export function useLiveSource(sourceId: string): void {
  useLiveTable('monitored_sources', `id=eq.${sourceId}`, [KEYS.source, KEYS.history, KEYS.versions, KEYS.sourceSeries]);
}

/** Keep questions up to date while their sources are found. */
export function useLiveQueries(): void {
  const { workspace } = useWorkspace();
  useLiveTable('user_queries', `workspace_id=eq.${workspace.id}`, [KEYS.queries, KEYS.query]);
}
