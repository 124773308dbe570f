import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { workspacesListWorkspacesOptions } from '@/api/@tanstack/react-query.gen';
import type { Feature } from '@/shared/feature';
import { useSession } from '@/shared/session';
import { Failed } from '@/shared/states';
import { WorkspaceProvider } from '@/shared/workspace';
import { GoOn } from './GoOn';
import { Layout } from './layout/Layout';
import { Splash } from './Splash';
import { SecondProofPage } from './sign-in/SecondProofPage';
import { findOwedFactor } from './sign-in/secondProof';
import { useWorkspaceChoice } from './workspaceChoice';

/** What somebody who is signed in sees: the layout around the page; others are sent to sign in, and back afterwards. */
export default function SignedIn({ features }: { features: Feature[] }) {
  const state = useSession();
  if (state.status === 'loading') return <Splash />;
  if (state.status === 'signed-out') return <ToSignIn expired={state.expired} />;
  const owed = findOwedFactor(state.session);
  if (owed) return <SecondProofPage factorId={owed} key={owed} />;
  if (state.recovering) return <GoOn to="/new-password" />;
  return <InWorkspace features={features} />;
}

/** Leads to sign-in, which leads back to where one was. */
function ToSignIn({ expired }: { expired: boolean }) {
  const { href } = useLocation();
  // While sign-in is being loaded the location is its own already.
  const [from] = useState(href);
  const search = new URLSearchParams({ ...(from !== '/' && { back: from }), ...(expired && { expired: 'true' }) });
  return <GoOn to={`/sign-in${search.size > 0 ? `?${search}` : ''}`} />;
}

function InWorkspace({ features }: { features: Feature[] }) {
  const query = useQuery({ ...workspacesListWorkspacesOptions(), staleTime: 60_000 });
  const choice = useWorkspaceChoice(query.data);
  if (query.isError && !query.data) {
    return (
      <Failed error={query.error} what="Your workspaces could not be loaded" onRetry={() => void query.refetch()} />
    );
  }
  if (query.data?.length === 0) {
    const error = { message: 'You are in no workspace.', hint: 'Ask somebody to invite you to theirs.' };
    return <Failed error={error} what="There is nothing to show" onRetry={() => void query.refetch()} />;
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
