import { QueryCache, QueryClient } from '@tanstack/react-query';
import { client } from '@/api/client.gen';
import { findApiUrl } from './config';
import { ApiError, readApiError } from './errors';

/** Who is asking, read anew at each request. */
export interface Credentials {
  token: () => Promise<string | null>;
  workspaceId: () => string | null;
}

let credentials: Credentials = { token: async () => null, workspaceId: () => null };

/** Let the generated client act for whoever is signed in, in the workspace that is chosen. */
export function actAs(given: Credentials): void {
  credentials = given;
}

client.setConfig({ baseUrl: findApiUrl() });
client.interceptors.request.use(async (request) => {
  const [token, workspaceId] = [await credentials.token(), credentials.workspaceId()];
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  if (workspaceId && !request.headers.has('X-Workspace-Id')) request.headers.set('X-Workspace-Id', workspaceId);
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
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) onRefused();
      },
    }),
    defaultOptions: { queries: { staleTime: 15_000, retry: mayRetry } },
  });
}
