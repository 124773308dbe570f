import type { Series } from '@/api';
import type { PlotPoint, PlotSeries } from '@/shared/plots';

/** How far back a chart reaches, and how many points it is worth. */
export const RANGES = {
  '24h': { label: '24 hours', hours: 24, points: 48 },
  '7d': { label: '7 days', hours: 168, points: 60 },
  '30d': { label: '30 days', hours: 720, points: 62 },
  '90d': { label: '90 days', hours: 2160, points: 92 },
} as const;
export type Range = keyof typeof RANGES;

/** Give the start of a range, to the full minute so that asking again soon is the same question. */
export function sinceOf(range: Range, now: number): string {
  return new Date(Math.floor(now / 60_000) * 60_000 - RANGES[range].hours * 3_600_000).toISOString();
}

export const CHECK_SERIES: PlotSeries[] = [
  { key: 'unchanged', label: 'Nothing new', colour: 'var(--plot-calm)', kind: 'bar', stack: 'checks' },
  { key: 'below_threshold', label: 'Small change', colour: 'var(--plot-minor)', kind: 'bar', stack: 'checks' },
  { key: 'changed', label: 'Changed', colour: 'var(--plot-change)', kind: 'bar', stack: 'checks' },
  { key: 'failed', label: 'Failed', colour: 'var(--plot-trouble)', kind: 'bar', stack: 'checks' },
];

export const SEVERITY_SERIES: PlotSeries[] = [
  { key: 'low', label: 'Low', colour: 'var(--plot-low)', kind: 'bar', stack: 'alerts' },
  { key: 'medium', label: 'Medium', colour: 'var(--plot-medium)', kind: 'bar', stack: 'alerts' },
  { key: 'high', label: 'High', colour: 'var(--plot-high)', kind: 'bar', stack: 'alerts' },
];

export const MS_SERIES: PlotSeries[] = [
  { key: 'ms_median', label: 'Median', colour: 'var(--plot-line)', kind: 'line' },
  { key: 'ms_p95', label: '95 of 100 within', colour: 'var(--plot-line-faint)', kind: 'line', isDashed: true },
];

/** Give the points of a series as the charts take them. */
export function toPoints({ points }: Series): PlotPoint[] {
  return points.map(({ start, end, ...values }) => ({ start, end, values }));
}

/** Write milliseconds: "340 ms", "1.2 s". */
export function formatMs(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}
