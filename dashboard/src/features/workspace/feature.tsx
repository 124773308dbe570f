import { IconBuildingCommunity, IconKey, IconMailPlus, IconPlus, IconUsers } from '@tabler/icons-react';
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Feature } from '@/shared/feature';
import { signedInRoute } from '@/shared/routes';

const membersRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/workspace/members',
  component: lazyRouteComponent(() => import('./members/MembersPage'), 'MembersPage'),
});

const keysRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/workspace/api-keys',
  component: lazyRouteComponent(() => import('./keys/KeysPage'), 'KeysPage'),
});

const activityRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/workspace/settings/activity',
  component: lazyRouteComponent(() => import('./ActivityPage'), 'ActivityPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/workspace/settings',
  component: lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
});

const newRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/workspace/new',
  component: lazyRouteComponent(() => import('./NewWorkspacePage'), 'NewWorkspacePage'),
});

const invitationRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/invitations/$token',
  component: lazyRouteComponent(() => import('./InvitationPage'), 'InvitationPage'),
});

/** Who works here, with which rights: members and invitations, API keys, the workspace itself. */
export const workspace: Feature = {
  name: 'workspace',
  title: 'Workspace',
  icon: IconBuildingCommunity,
  routes: [membersRoute, keysRoute, activityRoute, settingsRoute, newRoute, invitationRoute],
  navigation: [
    { label: 'Members', to: '/workspace/members', icon: IconUsers, section: 'settings', order: 10, shortcut: 'm' },
    { label: 'API keys', to: '/workspace/api-keys', icon: IconKey, section: 'settings', order: 20 },
    { label: 'Workspace', to: '/workspace/settings', icon: IconBuildingCommunity, section: 'settings', order: 30 },
  ],
  commands: [
    {
      id: 'workspace.invite',
      label: 'Invite somebody',
      icon: IconMailPlus,
      keywords: ['member', 'invitation', 'colleague', 'team'],
      role: 'admin',
      run: ({ go }) => go('/workspace/members'),
    },
    {
      id: 'workspace.new',
      label: 'Make a workspace',
      icon: IconPlus,
      keywords: ['team', 'organisation', 'create'],
      run: ({ go }) => go('/workspace/new'),
    },
    {
      id: 'workspace.key',
      label: 'Make an API key',
      icon: IconKey,
      keywords: ['token', 'program', 'create'],
      run: ({ go }) => go('/workspace/api-keys'),
    },
  ],
};
