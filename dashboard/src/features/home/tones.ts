import type { Counter, Item, Section, Trend } from '@/api';

type Tone = Counter['tone'];

/** The colour of text in a tone, readable on both themes. */
export const TEXT: Record<Tone, string | undefined> = {
  neutral: undefined,
  good: undefined,
  warning: 'light-dark(var(--mantine-color-orange-9), var(--mantine-color-yellow-4))',
  bad: 'var(--mantine-color-error)',
};

/** The colour of a mark in a tone: dots and bars. */
export const MARK: Record<Tone, string> = {
  neutral: 'light-dark(var(--mantine-color-gray-6), var(--mantine-color-dark-2))',
  good: 'light-dark(var(--mantine-color-water-7), var(--mantine-color-water-4))',
  warning: 'light-dark(var(--mantine-color-orange-6), var(--mantine-color-yellow-5))',
  bad: 'light-dark(var(--mantine-color-red-7), var(--mantine-color-red-5))',
};

/** Something that happened, with the part of the house that it happened in. */
export interface Happening extends Item {
  section: string;
}

/** The colour of a counter's dot: nothing is neither good nor bad. */
export function markOf({ tone, value }: Counter): string {
  return MARK[value === 0 ? 'neutral' : tone];
}

/** The trends that say something, or the first of those that don't. */
export function notableTrends(trends: Trend[]): Trend[] {
  const some = trends.filter(({ points }) => points.some(({ value }) => value > 0));
  return some.length > 0 ? some : trends.slice(0, 1);
}

/** What happened in all sections, newest first. */
export function gather(sections: Section[]): Happening[] {
  return sections
    .flatMap(({ title, recent }) => recent.map((item) => ({ ...item, section: title })))
    .sort((one, other) => other.at.localeCompare(one.at));
}

/** The counters that say something: those that aren't zero, or all when every one is. */
export function notable(counters: Counter[]): Counter[] {
  const some = counters.filter(({ value }) => value > 0);
  return some.length > 0 ? some : counters.slice(0, 1);
}
