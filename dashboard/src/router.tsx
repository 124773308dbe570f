import { createRoute, createRouter } from '@tanstack/react-router';
import { lazy } from 'react';
import * as listed from '@/features';
import type { Feature } from '@/shared/feature/feature';
import { rootRoute, signedInRoute } from '@/shared/feature/routes';
import { ErrorPage } from '@/shell/ErrorPage';
import { NotFoundPage } from '@/shell/NotFoundPage';
import { signInRoutes } from '@/shell/sign-in/routes';

export const features: Feature[] = Object.values(listed);

// Whoever isn't signed in doesn't wait for the layout.
export const loadLayout = () => import('@/shell/SignedIn');
const SignedIn = lazy(loadLayout);
signedInRoute.update({ component: () => <SignedIn features={features} /> });

// The page about an unknown address stands inside the layout, so that one finds one's way from there.
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
