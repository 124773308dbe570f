import { useQuery } from '@tanstack/react-query';
import { useConfig } from '@/shared/platform/config';

/** What Supabase Auth says about itself to anybody. */
interface AuthSettings {
  disable_signup: boolean;
  mailer_autoconfirm: boolean;
}

/** Whether accounts can be made here, and whether addresses must be confirmed. */
export function useAuthSettings() {
  const { supabase_url, supabase_key } = useConfig();
  return useQuery({
    queryKey: ['auth-settings', supabase_url],
    staleTime: 600_000,
    queryFn: async ({ signal }): Promise<AuthSettings> => {
      const answer = await fetch(`${supabase_url}/auth/v1/settings`, { headers: { apikey: supabase_key }, signal });
      if (!answer.ok) throw new Error(`Sign-in answered ${answer.status}.`);
      return (await answer.json()) as AuthSettings;
    },
  });
}
