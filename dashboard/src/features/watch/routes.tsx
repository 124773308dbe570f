import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { pageRoute, signedInRoute } from '@/shared/feature/routes';
import { links } from './links';

const front = createRoute({
  getParentRoute: () => signedInRoute,
  path: links.front.path,
  beforeLoad: () => {
    throw redirect({ ...links.alerts(), replace: true });
  },
});

export const routes = [
  front,
  pageRoute(
    links.alerts,
    lazyRouteComponent(() => import('./alerts/AlertsPage')),
  ),
  pageRoute(
    links.alert,
    lazyRouteComponent(() => import('./change/ChangePage')),
  ),
  pageRoute(
    links.sources,
    lazyRouteComponent(() => import('./sources/SourcesPage')),
  ),
  pageRoute(
    links.source,
    lazyRouteComponent(() => import('./source/SourcePage')),
  ),
  pageRoute(
    links.version,
    lazyRouteComponent(() => import('./source/SnapshotPage')),
  ),
  pageRoute(
    links.comparison,
    lazyRouteComponent(() => import('./change/ComparisonPage')),
  ),
  pageRoute(
    links.ask,
    lazyRouteComponent(() => import('./ask/AskPage')),
  ),
  pageRoute(
    links.question,
    lazyRouteComponent(() => import('./ask/QueryPage')),
  ),
];
