import type { Alert } from '@/api';
import { readLocale } from '@/shared/plots/series';

/** The alerts of one day, as the reader's calendar has it. */
export interface Day {
  key: string;
  label: string;
  alerts: Alert[];
}

/** Part alerts, newest first, into days. */
export function groupByDay(alerts: readonly Alert[], now: Date, locale = readLocale()): Day[] {
  const days: Day[] = [];
  for (const alert of alerts) {
    const at = new Date(alert.created_at);
    const key = at.toDateString();
    const last = days.at(-1);
    if (last?.key === key) last.alerts.push(alert);
    else days.push({ key, label: nameDay(at, now, locale), alerts: [alert] });
  }
  return days;
}

/** Say "Today", "Yesterday", "Tuesday, 3 June". */
export function nameDay(day: Date, now: Date, locale = readLocale()): string {
  const start = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  // Rounded, because a day on which clocks are moved isn't 24 hours long.
  const ago = Math.round((start(now) - start(day)) / 86_400_000);
  if (ago === 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  return new Intl.DateTimeFormat(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: day.getFullYear() === now.getFullYear() ? undefined : 'numeric',
  }).format(day);
}
