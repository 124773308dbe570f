/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Where the API is, when the dashboard isn't served by the gateway. */
  readonly VITE_API_URL?: string;
  /** Where Supabase is, when it isn't what the API says. */
  readonly VITE_SUPABASE_URL?: string;
}
