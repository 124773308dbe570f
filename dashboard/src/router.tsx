import { createRoute, createRouter } from '@tanstack/react-router';
import { watch } from '@/features/watch/feature';
import type { Feature } from '@/shared/feature';
import { rootRoute, signedInRoute } from '@/shared/routes';
import { ErrorPage } from '@/shell/ErrorPage';
import { NotFoundPage } from '@/shell/NotFoundPage';
import { SignedIn } from '@/shell/SignedIn';
import { signInRoutes } from '@/shell/sign-in/routes';

/** What there is, in the order of its names: one line a feature. */
export const features: Feature[] = [watch];

signedInRoute.update({ component: () => <SignedIn features={features} /> });

// An unknown address is told of inside the layout, so that one finds one's way from there.
const unknownRoute = createRoute({ getParentRoute: () => signedInRoute, path: '$', component: NotFoundPage });

/** Make the router of all features. */
export function createAppRouter() {
  return createRouter({
    routeTree: rootRoute.addChildren([
      signedInRoute.addChildren([...features.flatMap((feature) => feature.routes), unknownRoute]),
      ...signInRoutes,
    ]),
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
  });
}
