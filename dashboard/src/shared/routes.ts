import { createRootRoute, createRoute } from '@tanstack/react-router';

/** The root of the tree; the shell gives it its layout. */
export const rootRoute = createRootRoute();

/** What features hang their routes under: a person is signed in and a workspace is chosen. */
export const signedInRoute = createRoute({ getParentRoute: () => rootRoute, id: 'signed-in' });
