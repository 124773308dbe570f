import { useEffect, useState } from 'react';
import { recall, remember } from './platform/storage';

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** A moment as the API gives it, or milliseconds. */
export type Moment = string | number | Date;

function makeFormats(locale: string | undefined) {
  return {
    locale,
    relative: new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' }),
    absolute: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }),
    short: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  };
}

let formats = makeFormats(undefined);

/** Write times as people of a locale do from now on, and at the next start; null = as the browser does. */
export function writeTimesAs(locale: string | null | undefined): void {
  try {
    formats = makeFormats(locale ?? undefined);
    remember('locale', locale ?? null);
  } catch {
    // A locale that this browser doesn't know.
    formats = makeFormats(undefined);
  }
}

writeTimesAs(recall('locale'));

/** Say how far a moment is from `now`, in the reader's language: "3 minutes ago", "in 2 hours". */
export function formatRelative(moment: Moment, now: number = Date.now()): string {
  const seconds = (new Date(moment).getTime() - now) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return formats.relative.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10
    ? formats.relative.format(0, 'second')
    : formats.relative.format(Math.trunc(seconds), 'second');
}

/** Say a moment in full, in the reader's language and timezone. */
export function formatAbsolute(moment: Moment): string {
  return formats.absolute.format(new Date(moment));
}

/** Date and time to the minute. */
export function formatMoment(moment: Moment): string {
  return formats.short.format(new Date(moment));
}

/** Say a length of time: "45 s", "15 min", "6 h", "2 days". */
export function formatDuration(seconds: number): string {
  const [value, unit] =
    seconds < 60
      ? [seconds, 'second']
      : seconds < 3600
        ? [seconds / 60, 'minute']
        : seconds < 172_800
          ? [seconds / 3600, 'hour']
          : [seconds / 86_400, 'day'];
  const rounded = value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
  return new Intl.NumberFormat(formats.locale, { style: 'unit', unit, unitDisplay: 'short' }).format(rounded);
}

/** Write milliseconds: "340 ms", "1.2 s". */
export function formatMilliseconds(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

/** Return the timezone that this browser is in. */
export function readTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** Now, again every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** How long ago, or until when; the moment itself is its title. It keeps itself current. */
export function RelativeTime({ value, missing = 'never' }: { value: Moment | null | undefined; missing?: string }) {
  const age = value == null ? 0 : Math.abs(Date.now() - new Date(value).getTime());
  const now = useNow(age < 3_600_000 ? 10_000 : 60_000);
  if (value == null) return <span>{missing}</span>;
  return (
    <time dateTime={new Date(value).toISOString()} title={formatAbsolute(value)}>
      {formatRelative(value, now)}
    </time>
  );
}
