const NAMES: [string, string][] = [
  ['reworded', 'changed'],
  ['added', 'added'],
  ['removed', 'removed'],
  ['moved', 'only moved'],
  ['noise', 'left out as noise'],
];

/** Say how many passages became what: "2 changed, 1 added". */
export function describeCounts(counts: Record<string, number>): string {
  const said = NAMES.flatMap(([name, word]) => (counts[name] ? [`${counts[name]} ${word}`] : []));
  return said.join(', ') || 'none';
}
