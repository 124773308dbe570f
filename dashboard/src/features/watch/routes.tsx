import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { signedInRoute } from '@/shared/routes';
import { readAlertFilters } from './alerts/filters';
import { readSourceFilters } from './sources/filters';

const getParentRoute = () => signedInRoute;
const TABS = ['changes', 'charts', 'versions', 'settings'] as const;
export type SourceTab = (typeof TABS)[number];

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}

const front = createRoute({
  getParentRoute,
  path: '/watch',
  beforeLoad: () => {
    throw redirect({ to: '/watch/alerts', replace: true });
  },
});

const alerts = createRoute({
  getParentRoute,
  path: '/watch/alerts',
  validateSearch: readAlertFilters,
  component: lazyRouteComponent(() => import('./alerts/AlertsPage')),
});

const change = createRoute({
  getParentRoute,
  path: '/watch/alerts/$alertId',
  component: lazyRouteComponent(() => import('./change/ChangePage')),
});

const sources = createRoute({
  getParentRoute,
  path: '/watch/sources',
  validateSearch: readSourceFilters,
  component: lazyRouteComponent(() => import('./sources/SourcesPage')),
});

const source = createRoute({
  getParentRoute,
  path: '/watch/sources/$sourceId',
  validateSearch: (search: Record<string, unknown>): { tab?: SourceTab } => ({
    tab: TABS.find((tab) => tab === search.tab),
  }),
  component: lazyRouteComponent(() => import('./source/SourcePage')),
});

const snapshot = createRoute({
  getParentRoute,
  path: '/watch/sources/$sourceId/versions/$versionId',
  component: lazyRouteComponent(() => import('./source/SnapshotPage')),
});

const comparison = createRoute({
  getParentRoute,
  path: '/watch/sources/$sourceId/compare/$fromId/$toId',
  component: lazyRouteComponent(() => import('./change/ComparisonPage')),
});

const ask = createRoute({
  getParentRoute,
  path: '/watch/ask',
  validateSearch: (search: Record<string, unknown>): { q?: string } => ({ q: readText(search.q) }),
  component: lazyRouteComponent(() => import('./ask/AskPage')),
});

const query = createRoute({
  getParentRoute,
  path: '/watch/ask/$queryId',
  component: lazyRouteComponent(() => import('./ask/QueryPage')),
});

export const routes = [front, alerts, change, sources, source, snapshot, comparison, ask, query];
