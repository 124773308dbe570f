import { IconBuildingCommunity, IconKey, IconMailPlus, IconPlus, IconUsers } from '@tabler/icons-react';
import { lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '@/shared/feature/feature';
import { pageRoute } from '@/shared/feature/routes';
import { links } from './links';

/** Who works here, with which rights: members and invitations, API keys, the workspace itself. */
export const workspace: Feature = {
  name: 'workspace',
  title: 'Workspace',
  icon: IconBuildingCommunity,
  routes: [
    pageRoute(
      links.members,
      lazyRouteComponent(() => import('./members/MembersPage'), 'MembersPage'),
    ),
    pageRoute(
      links.apiKeys,
      lazyRouteComponent(() => import('./keys/KeysPage'), 'KeysPage'),
    ),
    pageRoute(
      links.activity,
      lazyRouteComponent(() => import('./ActivityPage'), 'ActivityPage'),
    ),
    pageRoute(
      links.settings,
      lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
    ),
    pageRoute(
      links.newWorkspace,
      lazyRouteComponent(() => import('./NewWorkspacePage'), 'NewWorkspacePage'),
    ),
    pageRoute(
      links.invitation,
      lazyRouteComponent(() => import('./InvitationPage'), 'InvitationPage'),
    ),
  ],
  navigation: [
    { label: 'Members', target: links.members(), icon: IconUsers, section: 'settings', order: 10, shortcut: 'm' },
    { label: 'API keys', target: links.apiKeys(), icon: IconKey, section: 'settings', order: 20 },
    { label: 'Workspace', target: links.settings(), icon: IconBuildingCommunity, section: 'settings', order: 30 },
  ],
  commands: [
    {
      id: 'workspace.invite',
      label: 'Invite somebody',
      icon: IconMailPlus,
      keywords: ['member', 'invitation', 'colleague', 'team'],
      role: 'admin',
      run: ({ go }) => go(links.members()),
    },
    {
      id: 'workspace.new',
      label: 'Create a workspace',
      icon: IconPlus,
      keywords: ['team', 'organisation', 'make'],
      run: ({ go }) => go(links.newWorkspace()),
    },
    {
      id: 'workspace.key',
      label: 'Create an API key',
      icon: IconKey,
      keywords: ['token', 'program', 'make'],
      run: ({ go }) => go(links.apiKeys()),
    },
  ],
};
