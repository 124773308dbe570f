import { IconAlertTriangle, IconPlayerPlay, IconStack2 } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '@/shared/feature';
import { signedInRoute } from '@/shared/routes';
import { readJobSearch } from './states';

const jobsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/jobs',
  validateSearch: readJobSearch,
  component: lazyRouteComponent(() => import('./JobsPage'), 'JobsPage'),
});

const jobRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/jobs/$jobId',
  component: lazyRouteComponent(() => import('./JobPage'), 'JobPage'),
});

/** Everything that runs: progress, cancelling, dead letters and their replay. */
export const jobs: Feature = {
  name: 'jobs',
  title: 'Jobs',
  icon: IconStack2,
  routes: [jobsRoute, jobRoute],
  navigation: [{ label: 'Jobs', to: '/jobs', icon: IconStack2, section: 'work', order: 80, shortcut: 'j' }],
  commands: [
    {
      id: 'jobs.running',
      label: 'Show what runs now',
      icon: IconPlayerPlay,
      keywords: ['jobs', 'progress', 'queue'],
      run: ({ go }) => go('/jobs?state=running'),
    },
    {
      id: 'jobs.failed',
      label: 'Show failed jobs',
      description: 'Dead letters, to be replayed',
      icon: IconAlertTriangle,
      keywords: ['dead letters', 'replay', 'errors'],
      run: ({ go }) => go('/jobs?state=failed'),
    },
  ],
};
