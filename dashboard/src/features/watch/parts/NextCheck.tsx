import type { Source } from '@/api';
import { RelativeTime, useNow } from '@/shared/time';

type Shown = Pick<Source, 'status' | 'next_check_at'>;

/** When a source is looked at next. */
export function NextCheck({ source }: { source: Shown }) {
  const now = useNow(5_000);
  if (source.status !== 'active') return <>not planned</>;
  if (Date.parse(source.next_check_at) <= now) return <>due now</>;
  return <RelativeTime value={source.next_check_at} />;
}
