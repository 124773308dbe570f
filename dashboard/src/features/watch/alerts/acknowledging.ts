import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Alert } from '@/api';
import { watchAlertsAcknowledge } from '@/api';
import { forEachConcurrently } from '@/shared/lists/concurrency';
import { patchRows } from '@/shared/lists/patching';
import { toastFailure, toastUndo } from '@/shared/page/toasts';
import { KEYS } from '../keys';

interface Wanted {
  ids: string[];
  undo?: boolean;
}

/** Show alerts as acknowledged wherever they are shown, before the server has said so. */
function patchAlerts(queries: QueryClient, ids: readonly string[], acknowledged_at: string | null): void {
  const patch = (alert: Alert): Alert => (ids.includes(alert.id) ? { ...alert, acknowledged_at } : alert);
  patchRows(queries, KEYS.alerts, patch);
  patchRows(queries, KEYS.alert, patch);
}

/** Acknowledge alerts, one or many, and offer to take it back. */
export function useAcknowledge() {
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: async ({ ids, undo = false }: Wanted) => {
      const { failed, error } = await forEachConcurrently(ids, (alert_id) =>
        watchAlertsAcknowledge({ path: { alert_id }, query: { undo } }),
      );
      if (failed.length > 0) {
        toastFailure(failed.length === 1 ? 'An alert was left as it is' : `${failed.length} alerts were left`, error);
      }
      return ids.filter((id) => !failed.includes(id));
    },
    onMutate: ({ ids, undo }) => patchAlerts(queries, ids, undo ? null : new Date().toISOString()),
    onSuccess: (done, { undo }) => {
      if (undo || done.length === 0) return;
      const said = done.length === 1 ? 'Acknowledged.' : `${done.length} alerts acknowledged.`;
      toastUndo(said, () => mutation.mutate({ ids: done, undo: true }));
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: KEYS.alerts }),
        queries.invalidateQueries({ queryKey: KEYS.alert }),
      ]),
  });
  return mutation;
}
