import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { workspacesListWorkspacesOptions } from '@/api/@tanstack/react-query.gen';
import type { Feature } from '@/shared/feature';
import { useSession } from '@/shared/session';
import { Failed } from '@/shared/states';
import { WorkspaceProvider } from '@/shared/workspace';
import { Layout } from './layout/Layout';
import { Splash } from './Splash';
import { useWorkspaceChoice } from './workspaceChoice';

/** What somebody who is signed in sees: the layout around the page; others are sent to sign in, and back afterwards. */
export function SignedIn({ features }: { features: Feature[] }) {
  const state = useSession();
  const { href } = useLocation();
  if (state.status === 'loading') return <Splash />;
  if (state.status === 'signed-out') {
    const search = { back: href === '/' ? undefined : href, expired: state.expired || undefined };
    return <Navigate to="/sign-in" search={search} replace />;
  }
  if (state.recovering) return <Navigate to="/new-password" replace />;
  return <InWorkspace features={features} />;
}

function InWorkspace({ features }: { features: Feature[] }) {
  const query = useQuery({ ...workspacesListWorkspacesOptions(), staleTime: 60_000 });
  const choice = useWorkspaceChoice(query.data);
  if (query.isError && !query.data) {
    return (
      <Failed error={query.error} what="Your workspaces could not be loaded" onRetry={() => void query.refetch()} />
    );
  }
  if (!choice) return <Splash />;
  return (
    <WorkspaceProvider value={choice}>
      <Layout features={features} key={choice.workspace.id}>
        <Outlet />
      </Layout>
    </WorkspaceProvider>
  );
}
