import { IconHome } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '@/shared/feature/feature';
import { pageRoute } from '@/shared/feature/routes';
import { links } from './links';

/** What happened since the last visit, across products, and how things stand. */
export const home: Feature = {
  name: 'home',
  title: 'Home',
  icon: IconHome,
  routes: [
    pageRoute(
      links.home,
      lazyRouteComponent(() => import('./HomePage'), 'HomePage'),
    ),
  ],
  navigation: [{ label: 'Home', target: links.home(), icon: IconHome, section: 'work', order: 10, shortcut: 'h' }],
};
