import type { AuthChangeEvent, Session, User } from '@supabase/supabase-js';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useSupabase } from './supabase';

/** What is known of the session. */
export type SessionState =
  | { status: 'loading'; session: null }
  | { status: 'signed-out'; session: null; expired: boolean }
  | { status: 'signed-in'; session: Session; recovering: boolean };

const SessionContext = createContext<SessionState | null>(null);

/** Follows the session: signing in and out, here or in another tab, refreshes, and links from e-mails. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const supabase = useSupabase();
  const [state, setState] = useState<SessionState>({ status: 'loading', session: null });

  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((event, session) => {
      // Unless somebody asked to sign out, the session was revoked, or is too old to be renewed.
      const expired = event === 'SIGNED_OUT' && !isLeaving;
      if (!session) isLeaving = false;
      setState((before) => follow(before, event, session, expired));
    });
    return () => data.subscription.unsubscribe();
  }, [supabase]);

  return <SessionContext.Provider value={state}>{children}</SessionContext.Provider>;
}

function follow(before: SessionState, event: AuthChangeEvent, session: Session | null, expired: boolean): SessionState {
  if (!session) return { status: 'signed-out', session: null, expired: expired && before.status === 'signed-in' };
  const wasRecovering = before.status === 'signed-in' && before.recovering;
  const recovering = event === 'PASSWORD_RECOVERY' || (wasRecovering && event !== 'USER_UPDATED');
  return { status: 'signed-in', session, recovering };
}

let isLeaving = false;

/** Say that the sign-out that follows is wanted. */
export function announceLeaving(): void {
  isLeaving = true;
}

/** What is known of the session. */
export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (!state) throw new Error('useSession needs a SessionProvider above it');
  return state;
}

/** The person who is signed in; for use below `signedInRoute`. */
export function useUser(): User {
  const state = useSession();
  if (state.status !== 'signed-in') throw new Error('useUser needs somebody who is signed in');
  return state.session.user;
}
