import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Visit } from '@/api';
import { authNoteVisitMutation } from '@/api/@tanstack/react-query.gen';

const STILL_HERE_MS = 5 * 60_000;

/**
 * Notes that one is here, now and every few minutes while the page is looked at, so that the next visit knows when this
 * one ended. `isKnown` once it is settled since when things count as new; `isFirst` for somebody who never was here.
 */
export function useVisit(): { isKnown: boolean; isFirst: boolean } {
  const { mutate, data, isError } = useMutation(authNoteVisitMutation());
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
  const [known, setKnown] = useState<Visit | null>(null);
  if (data && !known) setKnown(data);
  return { isKnown: known !== null || isError, isFirst: known !== null && known.previous_visit_at === null };
}
