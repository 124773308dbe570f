import type { DiffRow, DiffSpan } from '@/api';

export type Side = 'before' | 'after';

/** Return what stands on one side of a row: the text before is what stayed and what went, the text after the rest. */
export function readSide(spans: readonly DiffSpan[], side: Side): DiffSpan[] {
  const other = side === 'before' ? 'added' : 'removed';
  return spans.filter(({ op }) => op !== other);
}

/** Whether a row is one that people step through. */
export function isChange(row: DiffRow): boolean {
  return row.kind === 'added' || row.kind === 'removed' || row.kind === 'reworded';
}

/** Whether a row is shown: noise only where it is asked for. */
export function isShown(row: DiffRow, showsNoise: boolean): boolean {
  return showsNoise || row.kind !== 'noise';
}

/** Whether a heading must be said above its rows: not where the first of them is the heading itself. */
export function needsHeading({ heading, rows }: Pick<Section, 'heading' | 'rows'>): boolean {
  return heading !== '' && !/^h\d$/.test(rows[0]?.tag ?? '');
}

/** A stretch of rows under one heading of the page. */
export interface Section {
  key: string;
  heading: string;
  rows: DiffRow[];
}

/** Part rows where the page's own headings do. A fold keeps to what comes before it. */
export function groupByHeading(rows: readonly DiffRow[]): Section[] {
  const sections: Section[] = [];
  for (const row of rows) {
    const last = sections.at(-1);
    if (last && (row.kind === 'folded' || row.heading === last.heading)) last.rows.push(row);
    else sections.push({ key: `${sections.length}`, heading: row.heading, rows: [row] });
  }
  return sections;
}

const KINDS: Record<DiffRow['kind'], string> = {
  same: 'Unchanged',
  added: 'Added',
  removed: 'Removed',
  reworded: 'Changed',
  noise: 'Only noise',
  folded: 'Unchanged',
};

/** Name what became of a row. */
export function nameKind(row: DiffRow): string {
  return row.moved ? 'Moved' : KINDS[row.kind];
}

const FACTS: Record<string, string> = {
  price: 'Price',
  percentage: 'Percentage',
  date: 'Date',
  time: 'Time',
  version: 'Version',
  quantity: 'Amount',
  number: 'Number',
  phone: 'Phone',
  email: 'E-mail',
  url: 'Address',
  state: 'Status',
  name: 'Name',
  negation: 'Meaning',
  word: 'Words',
  wording: 'Words',
};

/** Name a kind of fact. */
export function nameFact(kind: string): string {
  return FACTS[kind] ?? kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** Why something is noise, in words. */
export function nameNoise(reason: string): string {
  const known: Record<string, string> = {
    clock: 'a clock',
    counter: 'a counter',
    advert: 'an advert',
    widget: 'a passing note at the side',
    learnt: 'it changes at every check',
  };
  return known[reason] ?? (reason || 'it says nothing of what the page is about');
}
