import { IconBell, IconLock, IconUserCircle, IconWebhook } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '@/shared/feature/feature';
import { pageRoute } from '@/shared/feature/routes';
import { links } from './links';

/** The person: profile, sign-in, and how they are notified. */
export const account: Feature = {
  name: 'account',
  title: 'Account',
  icon: IconUserCircle,
  routes: [
    pageRoute(
      links.profile,
      lazyRouteComponent(() => import('./profile/ProfilePage'), 'ProfilePage'),
    ),
    pageRoute(
      links.security,
      lazyRouteComponent(() => import('./security/SecurityPage'), 'SecurityPage'),
    ),
    pageRoute(
      links.preferences,
      lazyRouteComponent(() => import('./notifications/PreferencesPage'), 'PreferencesPage'),
    ),
    pageRoute(
      links.webhooks,
      lazyRouteComponent(() => import('./notifications/WebhooksPage'), 'WebhooksPage'),
    ),
    pageRoute(
      links.deliveries,
      lazyRouteComponent(() => import('./notifications/DeliveriesPage'), 'DeliveriesPage'),
    ),
  ],
  navigation: [
    { label: 'Notifications', target: links.preferences(), icon: IconBell, section: 'settings', order: 40 },
    { label: 'Account', target: links.profile(), icon: IconUserCircle, section: 'settings', order: 50 },
  ],
  commands: [
    {
      id: 'account.webhooks',
      label: 'Set up a webhook',
      icon: IconWebhook,
      keywords: ['notifications', 'endpoint', 'slack'],
      run: ({ go }) => go(links.webhooks()),
    },
    {
      id: 'account.deliveries',
      label: 'Show deliveries',
      description: 'What was sent, and how each attempt ended',
      icon: IconBell,
      keywords: ['notifications', 'mail', 'attempts'],
      run: ({ go }) => go(links.deliveries()),
    },
    {
      id: 'account.password',
      label: 'Change the password',
      icon: IconLock,
      keywords: ['security', 'two-factor', 'authenticator', 'sign out everywhere'],
      run: ({ go }) => go(links.security()),
    },
  ],
};
