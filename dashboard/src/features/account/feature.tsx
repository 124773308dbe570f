import { IconBell, IconLock, IconUserCircle, IconWebhook } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '@/shared/feature';
import { signedInRoute } from '@/shared/routes';
import { readDeliverySearch } from './notifications/deliveries';

const profileRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings/account',
  component: lazyRouteComponent(() => import('./profile/ProfilePage'), 'ProfilePage'),
});

const securityRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings/account/security',
  component: lazyRouteComponent(() => import('./security/SecurityPage'), 'SecurityPage'),
});

const notificationsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings/notifications',
  component: lazyRouteComponent(() => import('./notifications/PreferencesPage'), 'PreferencesPage'),
});

const webhooksRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings/notifications/webhooks',
  component: lazyRouteComponent(() => import('./notifications/WebhooksPage'), 'WebhooksPage'),
});

const deliveriesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings/notifications/deliveries',
  validateSearch: readDeliverySearch,
  component: lazyRouteComponent(() => import('./notifications/DeliveriesPage'), 'DeliveriesPage'),
});

/** The person: profile, sign-in, and how they are told of what happens. */
export const account: Feature = {
  name: 'account',
  title: 'Account',
  icon: IconUserCircle,
  routes: [profileRoute, securityRoute, notificationsRoute, webhooksRoute, deliveriesRoute],
  navigation: [
    { label: 'Notifications', to: '/settings/notifications', icon: IconBell, section: 'settings', order: 40 },
    { label: 'Account', to: '/settings/account', icon: IconUserCircle, section: 'settings', order: 50 },
  ],
  commands: [
    {
      id: 'account.webhooks',
      label: 'Set up a webhook',
      icon: IconWebhook,
      keywords: ['notifications', 'endpoint', 'slack'],
      run: ({ go }) => go('/settings/notifications/webhooks'),
    },
    {
      id: 'account.deliveries',
      label: 'Show deliveries',
      description: 'What was sent, and how it fared',
      icon: IconBell,
      keywords: ['notifications', 'mail', 'attempts'],
      run: ({ go }) => go('/settings/notifications/deliveries'),
    },
    {
      id: 'account.password',
      label: 'Change the password',
      icon: IconLock,
      keywords: ['security', 'two-factor', 'authenticator', 'sign out everywhere'],
      run: ({ go }) => go('/settings/account/security'),
    },
  ],
};
