import { IconHome } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '@/shared/feature';
import { signedInRoute } from '@/shared/routes';

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./HomePage'), 'HomePage'),
});

/** What happened since the last visit, across products, and how things stand. */
export const home: Feature = {
  name: 'home',
  title: 'Home',
  icon: IconHome,
  routes: [homeRoute],
  navigation: [{ label: 'Home', to: '/', icon: IconHome, section: 'work', order: 10, shortcut: 'h' }],
};
