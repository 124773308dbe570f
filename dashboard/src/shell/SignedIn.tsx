import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useMatches } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { workspacesListWorkspacesOptions } from '@/api/@tanstack/react-query.gen';
import { type Feature, listInstalled } from '@/shared/feature/feature';
import { Failed } from '@/shared/page/states';
import { useConfig } from '@/shared/platform/config';
import { useSession } from '@/shared/platform/session';
import { WorkspaceProvider } from '@/shared/platform/workspace';
import { GoOn } from './GoOn';
import { Layout } from './layout/Layout';
import { NotFoundPage } from './NotFoundPage';
import { Splash } from './Splash';
import { PATHS } from './sign-in/paths';
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
  if (state.recovering) return <GoOn to={PATHS.newPassword} />;
  return <InWorkspace features={features} />;
}

/** Leads to sign-in, which leads back to where one was. */
function ToSignIn({ expired }: { expired: boolean }) {
  const { href } = useLocation();
  // While sign-in is being loaded the location is its own already.
  const [from] = useState(href);
  const search = new URLSearchParams({ ...(from !== '/' && { back: from }), ...(expired && { expired: 'true' }) });
  return <GoOn to={`${PATHS.signIn}${search.size > 0 ? `?${search}` : ''}`} />;
}

function InWorkspace({ features }: { features: Feature[] }) {
  const query = useQuery({ ...workspacesListWorkspacesOptions(), staleTime: 60_000 });
  const choice = useWorkspaceChoice(query.data);
  const { installed, isMissing } = useInstalled(features);
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
      <Layout features={installed} key={choice.workspace.id}>
        {isMissing ? <NotFoundPage /> : <Outlet />}
      </Layout>
    </WorkspaceProvider>
  );
}

/** The features of this installation, and whether the address is that of a product which isn't installed. */
function useInstalled(features: Feature[]): { installed: Feature[]; isMissing: boolean } {
  const { products } = useConfig();
  const installed = useMemo(
    () =>
      listInstalled(
        features,
        products.map(({ name }) => name),
      ),
    [features, products],
  );
  const missing = features.filter((feature) => !installed.includes(feature)).flatMap(({ routes }) => routes);
  const isMissing = useMatches({
    select: (matches) => matches.some(({ routeId }) => missing.some(({ id }) => id === routeId)),
  });
  return { installed, isMissing };
}
