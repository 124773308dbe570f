import { createRootRoute, createRoute, type RouteComponent } from '@tanstack/react-router';
import { type Address, SIGNED_IN } from './addresses';

/** The root of the tree; the shell gives it its layout. */
export const rootRoute = createRootRoute();

/** What features hang their routes under: a person is signed in and a workspace is chosen. */
export const signedInRoute = createRoute({ getParentRoute: () => rootRoute, id: SIGNED_IN });

/** Make the route of a page; its component is `lazyRouteComponent(() => import('./RiverPage'), 'RiverPage')`. */
export function pageRoute<Path extends string, Search extends object>(
  { path, readSearch }: Address<Path, Search>,
  component: RouteComponent,
) {
  return createRoute({ getParentRoute: () => signedInRoute, path, validateSearch: readSearch, component });
}
