import { createContext, useContext } from 'react';
import type { PublicConfig } from '@/api';
import { configReadConfig } from '@/api';

/** What the gateway says about itself, with the address of Supabase filled in. */
export interface Config extends PublicConfig {
  supabase_url: string;
}

/** Where the API is: the gateway that serves the dashboard, or `VITE_API_URL` where it stands alone. */
export function findApiUrl(): string {
  return (import.meta.env.VITE_API_URL || window.location.origin).replace(/\/$/, '');
}

/** Ask the gateway for the configuration. Rejects with an ApiError. */
export async function loadConfig(): Promise<Config> {
  const { data } = await configReadConfig();
  const supabase_url = import.meta.env.VITE_SUPABASE_URL || data.supabase_url || findApiUrl();
  return { ...data, supabase_url };
}

const ConfigContext = createContext<Config | null>(null);
export const ConfigProvider = ConfigContext.Provider;

/** The configuration; it is loaded before anything is drawn. */
export function useConfig(): Config {
  const config = useContext(ConfigContext);
  if (!config) throw new Error('useConfig needs a ConfigProvider above it');
  return config;
}
