import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Workspace } from '@/api';
import { workspacesListWorkspacesQueryKey } from '@/api/@tanstack/react-query.gen';
import { actIn } from '@/shared/platform/api';
import { recall, remember } from '@/shared/platform/storage';
import { reaches, type WorkspaceChoice } from '@/shared/platform/workspace';

/** Choose the workspace that was last used here, or one's personal one; null until it is known which there are. */
export function useWorkspaceChoice(workspaces: Workspace[] | undefined): WorkspaceChoice | null {
  const queries = useQueryClient();
  const [wanted, setWanted] = useState(() => recall('workspace'));
  const switchTo = useCallback(
    (id: string) => {
      remember('workspace', id);
      actIn(id);
      setWanted(id);
      // Everything else in the cache belongs to the workspace that is left.
      const [kept] = workspacesListWorkspacesQueryKey();
      queries.removeQueries({ predicate: ({ queryKey }) => (queryKey[0] as { _id?: string })._id !== kept._id });
    },
    [queries],
  );
  return useMemo(() => {
    if (!workspaces) return null;
    const workspace = choose(workspaces, wanted);
    if (!workspace) return null;
    actIn(workspace.id);
    return { workspace, workspaces, can: (least) => reaches(workspace.role, least), switchTo };
  }, [workspaces, wanted, switchTo]);
}

function choose(workspaces: Workspace[], wanted: string | null): Workspace | undefined {
  return workspaces.find(({ id }) => id === wanted) ?? workspaces.find((one) => one.is_personal) ?? workspaces[0];
}
