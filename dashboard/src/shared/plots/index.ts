export { type Beat, Beats } from './Beats';
export { Sparkline } from './Sparkline';
export type { PlotPoint, PlotSeries } from './series';
export { TimeChart, type TimeChartProps } from './TimeChart';
