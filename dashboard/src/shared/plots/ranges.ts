import type { PlotPoint } from './series';

/** How far back a chart reaches, and how many points it is worth. */
export const RANGES = {
  '24h': { label: '24 hours', hours: 24, points: 48 },
  '7d': { label: '7 days', hours: 168, points: 60 },
  '30d': { label: '30 days', hours: 720, points: 62 },
  '90d': { label: '90 days', hours: 2160, points: 92 },
} as const;
export type Range = keyof typeof RANGES;

/** Return the moment so many hours ago, to the full minute so that asking again soon is the same question. */
export function hoursAgo(hours: number, now: number): string {
  return new Date(Math.floor(now / 60_000) * 60_000 - hours * 3_600_000).toISOString();
}

/** Return the start of a range. */
export function sinceOf(range: Range, now: number): string {
  return hoursAgo(RANGES[range].hours, now);
}

type Counted = { start: string; end: string } & { [name: string]: number | null | string };

/** Return the points of a time series of the API as the charts take them. */
export function toPoints({ points }: { points: readonly object[] }): PlotPoint[] {
  return (points as readonly Counted[]).map(({ start, end, ...values }) => ({
    start,
    end,
    values: values as Record<string, number | null>,
  }));
}
