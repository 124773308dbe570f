import { IconBellRinging, IconFileImport, IconPlus, IconRadar, IconSparkles } from '@tabler/icons-react';
import type { Feature } from '@/shared/feature';
import { routes } from './routes';

/** watch: be told when something that matters changes on the web. */
export const watch: Feature = {
  name: 'watch',
  title: 'Watch',
  icon: IconRadar,
  routes,
  navigation: [
    { label: 'Alerts', to: '/watch/alerts', icon: IconBellRinging, section: 'work', order: 20, shortcut: 'a' },
    { label: 'Sources', to: '/watch/sources', icon: IconRadar, section: 'work', order: 21, shortcut: 's' },
    { label: 'Ask', to: '/watch/ask', icon: IconSparkles, section: 'work', order: 22, shortcut: 'q' },
  ],
  commands: [
    {
      id: 'watch-ask',
      label: 'Watch something new',
      description: 'Say in your own words what you want to know about',
      icon: IconSparkles,
      keywords: ['ask', 'discover', 'find'],
      role: 'editor',
      run: ({ go }) => go('/watch/ask'),
    },
    {
      id: 'watch-add',
      label: 'Add a source by its address',
      icon: IconPlus,
      keywords: ['url', 'page', 'feed', 'monitor'],
      role: 'editor',
      run: ({ go }) => go('/watch/sources?dialog=add'),
    },
    {
      id: 'watch-import',
      label: 'Import sources from OPML',
      icon: IconFileImport,
      keywords: ['feeds', 'reader'],
      role: 'editor',
      run: ({ go }) => go('/watch/sources?dialog=import'),
    },
    {
      id: 'watch-unread',
      label: 'Open the alerts nobody has seen to',
      icon: IconBellRinging,
      keywords: ['inbox', 'unread', 'changes'],
      run: ({ go }) => go('/watch/alerts'),
    },
  ],
};
