import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Source } from '@/api';
import {
  watchSourcesChangeSource,
  watchSourcesCheckSource,
  watchSourcesDeleteSource,
  watchSourcesRestoreSource,
} from '@/api';
import { forEachConcurrently } from '@/shared/lists/concurrency';
import { toastDone, toastFailure, toastUndo } from '@/shared/page/toasts';
import { KEYS } from '../keys';

/** What can be done to sources, one or many. */
export type SourceAction = 'pause' | 'resume' | 'delete' | 'restore' | 'check';

interface Wanted {
  action: SourceAction;
  sources: Pick<Source, 'id'>[];
  isUndo?: boolean;
}

const SAID: Record<SourceAction, string> = {
  pause: 'paused',
  resume: 'watched again',
  delete: 'deleted',
  restore: 'restored',
  check: 'will be checked at once',
};
const REVERSE: Partial<Record<SourceAction, SourceAction>> = { pause: 'resume', resume: 'pause', delete: 'restore' };

const WORK: Record<SourceAction, (source_id: string) => Promise<unknown>> = {
  pause: (source_id) => watchSourcesChangeSource({ path: { source_id }, body: { status: 'paused' } }),
  resume: (source_id) => watchSourcesChangeSource({ path: { source_id }, body: { status: 'active' } }),
  delete: (source_id) => watchSourcesDeleteSource({ path: { source_id } }),
  restore: (source_id) => watchSourcesRestoreSource({ path: { source_id } }),
  check: (source_id) => watchSourcesCheckSource({ path: { source_id } }),
};

/** Pause, resume, delete or check sources, and offer to take it back. */
export function useSourceActions() {
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: async ({ action, sources }: Wanted) => {
      const { failed, error } = await forEachConcurrently(sources, ({ id }) => WORK[action](id));
      if (failed.length > 0) {
        toastFailure(
          failed.length === 1 ? 'One source was left as it is' : `${failed.length} sources were left`,
          error,
        );
      }
      return sources.filter((source) => !failed.includes(source));
    },
    onSuccess: (done, { action, isUndo }) => {
      if (done.length === 0) return;
      const said = `${done.length === 1 ? 'The source is' : `${done.length} sources are`} ${SAID[action]}.`.replace(
        /(is|are) will/,
        'will',
      );
      const reverse = REVERSE[action];
      if (reverse && !isUndo) {
        toastUndo(said, () => mutation.mutate({ action: reverse, sources: done, isUndo: true }));
      } else {
        toastDone(said);
      }
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: KEYS.sources }),
        queries.invalidateQueries({ queryKey: KEYS.source }),
      ]),
  });
  return mutation;
}
