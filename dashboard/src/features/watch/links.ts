import { address } from '@/shared/feature/addresses';
import { readAlertFilters } from './alerts/filters';
import { readSourceFilters } from './sources/filters';

const TABS = ['changes', 'charts', 'versions', 'settings'] as const;
export type SourceTab = (typeof TABS)[number];

function readTab(search: Record<string, unknown>): { tab?: SourceTab } {
  return { tab: TABS.find((tab) => tab === search.tab) };
}

function readQuestion({ q }: Record<string, unknown>): { q?: string } {
  return { q: typeof q === 'string' && q ? q : undefined };
}

/** The pages of watch. */
export const links = {
  front: address('/watch'),
  alerts: address('/watch/alerts', readAlertFilters),
  alert: address('/watch/alerts/$alertId'),
  sources: address('/watch/sources', readSourceFilters),
  source: address('/watch/sources/$sourceId', readTab),
  version: address('/watch/sources/$sourceId/versions/$versionId'),
  comparison: address('/watch/sources/$sourceId/compare/$fromId/$toId'),
  ask: address('/watch/ask', readQuestion),
  question: address('/watch/ask/$queryId'),
};
