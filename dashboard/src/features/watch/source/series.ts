import type { PlotSeries } from '@/shared/plots';

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
