import { createRoute, createRouter } from '@tanstack/react-router';
import { lazy } from 'react';
import { account } from '@/features/account/feature';
import { home } from '@/features/home/feature';
import { jobs } from '@/features/jobs/feature';
import { watch } from '@/features/watch/feature';
import { workspace } from '@/features/workspace/feature';
import type { Feature } from '@/shared/feature';
import { rootRoute, signedInRoute } from '@/shared/routes';
import { ErrorPage } from '@/shell/ErrorPage';
import { NotFoundPage } from '@/shell/NotFoundPage';
import { signInRoutes } from '@/shell/sign-in/routes';

/** What there is, in the order of its names: one line a feature. */
export const features: Feature[] = [home, watch, jobs, workspace, account];

// Whoever isn't signed in doesn't wait for the layout.
export const loadLayout = () => import('@/shell/SignedIn');
const SignedIn = lazy(loadLayout);
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
