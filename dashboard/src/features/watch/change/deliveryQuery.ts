import { queryOptions } from '@tanstack/react-query';
import type { Supabase } from '@/shared/supabase';
import { KEYS } from '../keys';

/** One try of a delivery. */
export interface Attempt {
  number: number;
  outcome: string;
  status_code: number | null;
  response: string;
  milliseconds: number;
  at: string;
}

/** One message to one recipient by one channel. */
export interface Delivery {
  id: string;
  channel: 'email' | 'webhook' | 'in_app';
  status: 'pending' | 'sending' | 'sent' | 'failed' | 'dead' | 'suppressed' | 'uncertain';
  reason: string | null;
  mode: string;
  address: string;
  due_at: string;
  sent_at: string | null;
  notification_attempts: Attempt[];
}

const COLUMNS = `id, channel, status, reason, mode, address, due_at, sent_at,
  notification_attempts (number, outcome, status_code, response, milliseconds, at),
  notification_events!inner (kind, source_id)`;

/** Ask for what was sent because of an alert, as far as one may see it. */
export function deliveriesOf(supabase: Supabase, alertId: string) {
  return queryOptions({
    queryKey: [...KEYS.deliveries, alertId],
    queryFn: async ({ signal }): Promise<Delivery[]> => {
      const { data } = await supabase
        .from('notification_deliveries')
        .select(COLUMNS)
        .eq('notification_events.kind', 'watch.alert')
        .eq('notification_events.source_id', alertId)
        .order('id')
        .order('number', { referencedTable: 'notification_attempts' })
        .limit(100)
        .abortSignal(signal)
        .throwOnError();
      return data as unknown as Delivery[];
    },
  });
}
