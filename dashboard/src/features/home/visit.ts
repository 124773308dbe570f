import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { authNoteVisitMutation } from '@/api/@tanstack/react-query.gen';

const STILL_HERE_MS = 5 * 60_000;

/**
 * Notes that one is here, now and every few minutes while the page is looked at, so that the next visit knows when this
 * one ended. True once it is known since when things count as new.
 */
export function useVisit(): boolean {
  const { mutate, isIdle, isPending } = useMutation(authNoteVisitMutation());
  useEffect(() => {
    const note = (): void => {
      if (document.visibilityState === 'visible') mutate({});
    };
    note();
    const timer = setInterval(note, STILL_HERE_MS);
    document.addEventListener('visibilitychange', note);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', note);
    };
  }, [mutate]);
  return !isIdle && !isPending;
}
