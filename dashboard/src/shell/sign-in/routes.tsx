import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '@/shared/feature/routes';
import { PATHS } from './paths';

/** What the pages before a session are told in their address. */
export interface SignInSearch {
  /** Where to go on to. */
  back?: string;
  /** A session has ended by itself. */
  expired?: boolean;
  /** The address to begin with. */
  email?: string;
}

function readSearch(given: Record<string, unknown>): SignInSearch {
  return {
    back: typeof given.back === 'string' ? given.back : undefined,
    expired: given.expired === true || undefined,
    email: typeof given.email === 'string' ? given.email : undefined,
  };
}

const getParentRoute = () => rootRoute;

/** The pages before a session. */
export const signInRoutes = [
  createRoute({
    getParentRoute,
    path: PATHS.signIn,
    validateSearch: readSearch,
    component: lazyRouteComponent(() => import('./SignInPage'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.signUp,
    validateSearch: readSearch,
    component: lazyRouteComponent(() => import('./SignUpPage'), 'SignUpPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.forgotPassword,
    validateSearch: readSearch,
    component: lazyRouteComponent(() => import('./ForgotPasswordPage'), 'ForgotPasswordPage'),
  }),
  createRoute({
    getParentRoute,
    path: PATHS.newPassword,
    component: lazyRouteComponent(() => import('./NewPasswordPage'), 'NewPasswordPage'),
  }),
];
