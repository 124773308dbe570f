import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { client } from '@/api/client.gen';
import { findApiUrl } from './config';
import { ApiError, readApiError } from './errors';

let readToken: () => Promise<string | null> = async () => null;
let workspace: string | null = null;

/** Let the generated client act for whoever is signed in; the token is asked for at each request. */
export function actFor(token: () => Promise<string | null>): void {
  readToken = token;
}

/** Let requests act in a workspace from now on. Each tab has its own. */
export function actIn(workspaceId: string | null): void {
  workspace = workspaceId;
}

client.setConfig({ baseUrl: findApiUrl() });
client.interceptors.request.use(async (request) => {
  const token = await readToken();
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  if (workspace && !request.headers.has('X-Workspace-Id')) request.headers.set('X-Workspace-Id', workspace);
  return request;
});
client.interceptors.error.use((error, response) => readApiError(error, response));

/** Whether asking again may help: not when the answer was a clear no. */
export function mayRetry(failures: number, error: unknown): boolean {
  if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) return false;
  return failures < 2;
}

/** Make the cache of everything that was asked. `onRefused` hears of every 401. */
export function createQueryClient(onRefused: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof ApiError && error.status === 401) onRefused();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { staleTime: 15_000, retry: mayRetry } },
  });
}
