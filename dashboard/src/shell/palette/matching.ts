import type { Icon } from '@tabler/icons-react';

/** A line of the palette. */
export interface Entry {
  id: string;
  group: string;
  label: string;
  description?: string;
  icon: Icon;
  keywords?: string[];
  shortcut?: string;
  run: () => void | Promise<void>;
}

/** Return the entries that match what was typed, best first; with nothing typed, all of them, recent ones first. */
export function matchEntries(entries: Entry[], typed: string, recent: string[] = []): Entry[] {
  const words = simplify(typed).split(' ').filter(Boolean);
  if (words.length === 0) {
    const again = recent.flatMap((id) => entries.filter((entry) => entry.id === id));
    const lifted = again.map((entry) => ({ ...entry, group: 'Recent' }));
    return [...lifted, ...entries.filter(({ id }) => !recent.includes(id))];
  }
  return entries
    .map((entry) => ({ entry, score: scoreEntry(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ entry }) => entry);
}

/** How well an entry answers the words: every word must be somewhere; the label counts most, a word's beginning more. */
function scoreEntry(entry: Entry, words: string[]): number {
  const label = simplify(entry.label);
  const rest = simplify([entry.description ?? '', entry.group, ...(entry.keywords ?? [])].join(' '));
  let total = 0;
  for (const word of words) {
    const score = Math.max(scoreText(label, word) * 3, scoreText(rest, word));
    if (score === 0) return 0;
    total += score;
  }
  return label.startsWith(words.join(' ')) ? total + 5 : total;
}

function scoreText(text: string, word: string): number {
  if (text.split(' ').some((part) => part.startsWith(word))) return 2;
  return text.includes(word) ? 1 : 0;
}

/** Lower case without accents, so that "uberblick" finds "Überblick". */
function simplify(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .trim()
    .replace(/\s+/g, ' ');
}
