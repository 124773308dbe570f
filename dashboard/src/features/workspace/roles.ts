import type { Role } from '@/shared/platform/workspace';

/** What each role may do, the most first. */
export const ROLES: { role: Role; label: string; may: string }[] = [
  { role: 'owner', label: 'Owner', may: 'Everything, and delete the workspace' },
  { role: 'admin', label: 'Admin', may: 'Invite, change roles, see and revoke every key' },
  { role: 'editor', label: 'Editor', may: 'Add and change what products keep, run and cancel jobs' },
  { role: 'viewer', label: 'Viewer', may: 'Read, and choose how to be notified' },
];

/** The roles that somebody of `mine` may give to a member of `theirs`; empty when theirs isn't to be changed. */
export function rolesToGive(mine: Role, theirs: Role): Role[] {
  if (mine === 'owner') return ['owner', 'admin', 'editor', 'viewer'];
  if (mine === 'admin' && theirs !== 'owner') return ['admin', 'editor', 'viewer'];
  return [];
}

/** Whether somebody of `mine` may take a member of `theirs` out. */
export function mayRemove(mine: Role, theirs: Role): boolean {
  return rolesToGive(mine, theirs).length > 0;
}

/** The name of a role. */
export function nameRole(role: string): string {
  return ROLES.find((one) => one.role === role)?.label ?? role;
}
