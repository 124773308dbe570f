import { IconAlertTriangle, IconPlayerPlay, IconStack2 } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '@/shared/feature/feature';
import { pageRoute } from '@/shared/feature/routes';
import { links } from './links';

/** Everything that runs: progress, cancelling, dead letters and their replay. */
export const jobs: Feature = {
  name: 'jobs',
  title: 'Jobs',
  icon: IconStack2,
  routes: [
    pageRoute(
      links.jobs,
      lazyRouteComponent(() => import('./JobsPage'), 'JobsPage'),
    ),
    pageRoute(
      links.job,
      lazyRouteComponent(() => import('./JobPage'), 'JobPage'),
    ),
  ],
  navigation: [{ label: 'Jobs', target: links.jobs(), icon: IconStack2, section: 'work', order: 80, shortcut: 'j' }],
  commands: [
    {
      id: 'jobs.running',
      label: 'Show what is running now',
      icon: IconPlayerPlay,
      keywords: ['jobs', 'progress', 'queue'],
      run: ({ go }) => go(links.jobs({ state: 'running' })),
    },
    {
      id: 'jobs.failed',
      label: 'Show failed jobs',
      description: 'Dead letters, to be replayed',
      icon: IconAlertTriangle,
      keywords: ['dead letters', 'replay', 'errors'],
      run: ({ go }) => go(links.jobs({ state: 'failed' })),
    },
  ],
};
