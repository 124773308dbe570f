import type { Session } from '@supabase/supabase-js';

interface Claims {
  aal?: string;
}

/** Read what an access token says; nothing when it can't be read. Whether it holds is the server's matter. */
export function readClaims(token: string): Claims {
  try {
    const encoded = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    return JSON.parse(atob(encoded)) as Claims;
  } catch {
    return {};
  }
}

/** The authenticator app whose code is yet to be given; null where none is set up, or its code was given. */
export function findOwedFactor(session: Pick<Session, 'access_token' | 'user'>): string | null {
  if (readClaims(session.access_token).aal === 'aal2') return null;
  const proven = session.user.factors?.find((one) => one.status === 'verified' && one.factor_type === 'totp');
  return proven?.id ?? null;
}
