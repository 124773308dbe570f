import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { type AnyRouter, RouterProvider } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { actAs, createQueryClient } from '@/shared/api';
import { type Config, ConfigProvider, loadConfig } from '@/shared/config';
import { LiveProvider } from '@/shared/live';
import { SessionProvider } from '@/shared/session';
import { recall } from '@/shared/storage';
import { createSupabase, type Supabase, SupabaseProvider } from '@/shared/supabase';
import { colorSchemeManager, theme } from '@/shared/theme';
import { Splash, Unreachable } from './Splash';

/** The whole dashboard: it asks the gateway what it is, then draws. */
export function App({ router }: { router: AnyRouter }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemeManager}>
      <Notifications position="bottom-right" limit={4} />
      <Configured>{(config) => <Connected config={config} router={router} />}</Configured>
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
  const queries = useMemo(() => createQueryClient(() => void refuse(supabase)), [supabase]);
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
  actAs({
    token: async () => (await supabase.auth.getSession()).data.session?.access_token ?? null,
    workspaceId: () => recall('workspace'),
  });
  return supabase;
}

/** The API refused the token: get a new one, which signs out where there is none to be had. */
async function refuse(supabase: Supabase): Promise<void> {
  await supabase.auth.refreshSession();
}
