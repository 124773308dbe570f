import { MantineProvider } from '@mantine/core';
import { isAuthRetryableFetchError } from '@supabase/supabase-js';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type AnyRouter, RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { LiveProvider } from '@/shared/live';
import { actFor, createQueryClient } from '@/shared/platform/api';
import { type Config, ConfigProvider, loadConfig } from '@/shared/platform/config';
import { SessionProvider } from '@/shared/platform/session';
import { createSupabase, type Supabase, SupabaseProvider } from '@/shared/platform/supabase';
import { colorSchemeManager, cssVariablesResolver, theme } from '@/shared/theme';
import { Splash, Unreachable } from './Splash';

const Notices = lazy(() => import('./Notices'));

/** The whole dashboard: it asks the gateway what it is, then draws. */
export function App({ router }: { router: AnyRouter }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
    >
      <Configured>{(config) => <Connected config={config} router={router} />}</Configured>
      <Suspense>
        <Notices />
      </Suspense>
    </MantineProvider>
  );
}

function Configured({ children }: { children: (config: Config) => React.ReactNode }) {
  const [config, setConfig] = useState<Config | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again.
  useEffect(() => {
    let isWanted = true;
    setError(null);
    loadConfig().then(
      (loaded) => isWanted && setConfig(loaded),
      (thrown) => isWanted && setError(thrown),
    );
    return () => {
      isWanted = false;
    };
  }, [attempt]);
  if (config) return children(config);
  if (error) return <Unreachable error={error} onRetry={() => setAttempt((count) => count + 1)} />;
  return <Splash />;
}

function Connected({ config, router }: { config: Config; router: AnyRouter }) {
  const [supabase] = useState(() => connect(config));
  const [queries] = useState(() => createCache(supabase));
  return (
    <ConfigProvider value={config}>
      <SupabaseProvider value={supabase}>
        <QueryClientProvider client={queries}>
          <SessionProvider>
            <LiveProvider>
              <RouterProvider router={router} />
            </LiveProvider>
          </SessionProvider>
        </QueryClientProvider>
      </SupabaseProvider>
    </ConfigProvider>
  );
}

function connect(config: Config): Supabase {
  const supabase = createSupabase(config);
  actFor(async () => (await supabase.auth.getSession()).data.session?.access_token ?? null);
  return supabase;
}

const RENEW_AT_MOST_EVERY_MS = 30_000;

/** Make the cache. When the API refuses the token, a new one is asked for, once, and what failed is asked again. */
function createCache(supabase: Supabase): QueryClient {
  let renewedAt = Number.NEGATIVE_INFINITY;
  const queries = createQueryClient(() => {
    if (performance.now() - renewedAt < RENEW_AT_MOST_EVERY_MS) return;
    renewedAt = performance.now();
    void renew(supabase, queries);
  });
  // What one person has seen is not for the next.
  let seenBy: string | undefined;
  supabase.auth.onAuthStateChange((_, session) => {
    if (seenBy !== undefined && seenBy !== session?.user.id) queries.clear();
    seenBy = session?.user.id;
  });
  return queries;
}

async function renew(supabase: Supabase, queries: QueryClient): Promise<void> {
  const { error } = await supabase.auth.refreshSession();
  if (!error) await queries.refetchQueries({ predicate: ({ state }) => state.status === 'error' });
  // The client keeps a session that looks valid by its dates; but the API and Auth both refuse it, so it is over.
  else if (!isAuthRetryableFetchError(error)) await supabase.auth.signOut({ scope: 'local' });
}
