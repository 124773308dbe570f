import { recall } from '../platform/storage';

/** The locale that the reader chose to have times written in; undefined = the browser's. */
export function readLocale(): string | undefined {
  return recall('locale') ?? undefined;
}

/** One thing that a chart shows over time. */
export interface PlotSeries {
  /** Where its numbers stand in the points. */
  key: string;
  label: string;
  colour: string;
  kind: 'bar' | 'line';
  /** Bars of the same stack stand on each other. */
  stack?: string;
  /** A broken line. */
  isDashed?: boolean;
}

/** A span of time with its numbers; null = not known, or nothing to measure. */
export interface PlotPoint {
  start: string;
  end: string;
  values: Record<string, number | null>;
}

const DAY_MS = 86_400_000;

/** Make what writes a moment below a chart: hours within two days, days within a year, else months. */
export function chooseTicks(points: readonly PlotPoint[], locale = readLocale()): (moment: string) => string {
  const first = points[0];
  const last = points.at(-1);
  const length = first && last ? Date.parse(last.end) - Date.parse(first.start) : 0;
  const format = new Intl.DateTimeFormat(
    locale,
    length <= 2 * DAY_MS
      ? { hour: '2-digit', minute: '2-digit' }
      : length <= 300 * DAY_MS
        ? { month: 'short', day: 'numeric' }
        : { month: 'short', year: 'numeric' },
  );
  return (moment) => format.format(new Date(moment));
}

/** Say which span of time a point is, as short as its width allows. */
export function describeSpan({ start, end }: PlotPoint, locale = readLocale()): string {
  const [from, to] = [new Date(start), new Date(end)];
  const length = to.getTime() - from.getTime();
  if (length >= 20 * 3_600_000) {
    const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
    return length <= 26 * 3_600_000 ? day.format(from) : day.formatRange(from, new Date(to.getTime() - 1));
  }
  return new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }).formatRange(from, to);
}

/** Whether there is a number above zero anywhere. */
export function hasAnything(points: readonly PlotPoint[], series: readonly PlotSeries[]): boolean {
  return points.some((point) => series.some(({ key }) => (point.values[key] ?? 0) > 0));
}
