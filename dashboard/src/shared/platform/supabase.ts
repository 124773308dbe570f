import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { createContext, useContext } from 'react';
import type { Config } from './config';

export type Supabase = SupabaseClient;

/** Connect to the project: sign-in, tables under row-level security, and realtime. */
export function createSupabase(config: Config): Supabase {
  return createClient(config.supabase_url, config.supabase_key, {
    auth: { storageKey: 'headwater-session', persistSession: true, autoRefreshToken: true, detectSessionInUrl: true },
    realtime: { timeout: 10_000, heartbeatIntervalMs: 15_000 },
  });
}

const SupabaseContext = createContext<Supabase | null>(null);
export const SupabaseProvider = SupabaseContext.Provider;

/** The client of the project. Give queries on tables a `workspace_id`: the policies show every workspace one is in. */
export function useSupabase(): Supabase {
  const supabase = useContext(SupabaseContext);
  if (!supabase) throw new Error('useSupabase needs a SupabaseProvider above it');
  return supabase;
}
