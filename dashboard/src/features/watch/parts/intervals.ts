import { formatDuration } from '@/shared/time';

/** How often a source may be looked at, in seconds. */
export const INTERVALS = [60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000] as const;

const NAMED: Record<number, string> = {
  60: 'every minute',
  3600: 'every hour',
  86400: 'every day',
  604800: 'every week',
};

/** The choices of a list, with whatever is set now among them. */
export function listIntervals(current?: number): { value: string; label: string }[] {
  const all = new Set<number>([...INTERVALS, ...(current ? [current] : [])]);
  return [...all].sort((one, other) => one - other).map((value) => ({ value: `${value}`, label: nameInterval(value) }));
}

/** Say "every 15 min". */
export function nameInterval(seconds: number): string {
  return NAMED[seconds] ?? `every ${formatDuration(seconds)}`;
}
