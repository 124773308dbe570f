export { type Beat, Beats } from './Beats';
export { hoursAgo, RANGES, type Range, sinceOf, toPoints } from './ranges';
export { Sparkline } from './Sparkline';
export type { PlotPoint, PlotSeries } from './series';
export { TimeChart, type TimeChartProps } from './TimeChart';
