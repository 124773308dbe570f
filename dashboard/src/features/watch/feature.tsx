import { IconBellRinging, IconFileImport, IconPlus, IconRadar, IconSparkles } from '@tabler/icons-react';
import type { Feature } from '@/shared/feature/feature';
import { links } from './links';
import { routes } from './routes';

/** watch: know when something that matters changes on the web. */
export const watch: Feature = {
  name: 'watch',
  isProduct: true,
  title: 'Watch',
  icon: IconRadar,
  routes,
  navigation: [
    { label: 'Alerts', target: links.alerts(), icon: IconBellRinging, section: 'work', order: 20, shortcut: 'a' },
    { label: 'Sources', target: links.sources(), icon: IconRadar, section: 'work', order: 21, shortcut: 's' },
    { label: 'Ask', target: links.ask(), icon: IconSparkles, section: 'work', order: 22, shortcut: 'q' },
  ],
  commands: [
    {
      id: 'watch-ask',
      label: 'Watch something new',
      description: 'Say in your own words what you want to know about',
      icon: IconSparkles,
      keywords: ['ask', 'discover', 'find'],
      role: 'editor',
      run: ({ go }) => go(links.ask()),
    },
    {
      id: 'watch-add',
      label: 'Add a source by its address',
      icon: IconPlus,
      keywords: ['url', 'page', 'feed', 'monitor'],
      role: 'editor',
      run: ({ go }) => go(links.sources({ dialog: 'add' })),
    },
    {
      id: 'watch-import',
      label: 'Import sources from OPML',
      icon: IconFileImport,
      keywords: ['feeds', 'reader'],
      role: 'editor',
      run: ({ go }) => go(links.sources({ dialog: 'import' })),
    },
    {
      id: 'watch-unread',
      label: 'Show unacknowledged alerts',
      icon: IconBellRinging,
      keywords: ['inbox', 'unread', 'changes', 'open'],
      run: ({ go }) => go(links.alerts()),
    },
  ],
};
