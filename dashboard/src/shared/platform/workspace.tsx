import { createContext, useContext } from 'react';
import type { Workspace } from '@/api';

export type Role = Workspace['role'];

const RANK: Record<Role, number> = { viewer: 0, editor: 1, admin: 2, owner: 3 };

/** Whether a role is at least `least`. */
export function reaches(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}

export interface WorkspaceChoice {
  /** The one that every request of the page acts in. */
  workspace: Workspace;
  workspaces: Workspace[];
  /** Whether one's role in it is at least `least`. */
  can: (least: Role) => boolean;
  /** Act in another one from now on; every list is asked for anew. */
  switchTo: (id: string) => void;
}

const WorkspaceContext = createContext<WorkspaceChoice | null>(null);
export const WorkspaceProvider = WorkspaceContext.Provider;

/** The chosen workspace, and what one may do in it. */
export function useWorkspace(): WorkspaceChoice {
  const choice = useContext(WorkspaceContext);
  if (!choice) throw new Error('useWorkspace needs a WorkspaceProvider above it');
  return choice;
}
