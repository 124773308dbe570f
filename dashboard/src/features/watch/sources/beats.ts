import type { Source, Sparklines } from '@/api';
import type { Beat } from '@/shared/plots';

/** Read how a source fared in each span: a change outweighs a failure, a failure outweighs calm. */
export function readBeats(found: Sparklines, source: Pick<Source, 'id' | 'created_at'>): Beat[] {
  const line = found.sources.find(({ source_id }) => source_id === source.id);
  const watchedFrom = Date.parse(source.created_at);
  return found.starts.map((start, place): Beat => {
    const checks = line?.checks[place] ?? 0;
    if (checks === 0) return Date.parse(start) + found.step_seconds * 1000 <= watchedFrom ? null : 'idle';
    if ((line?.changed[place] ?? 0) > 0) return 'change';
    return (line?.failed[place] ?? 0) > 0 ? 'trouble' : 'calm';
  });
}

/** Say the same in words. */
export function describeBeats(beats: readonly Beat[]): string {
  const count = (wanted: Beat) => beats.filter((beat) => beat === wanted).length;
  const [changes, troubles] = [count('change'), count('trouble')];
  if (beats.every((beat) => beat === null || beat === 'idle')) return 'No checks in the last 7 days';
  const said = [
    changes > 0 && `changes in ${changes} of ${beats.length} spans`,
    troubles > 0 && `failures in ${troubles}`,
  ].filter(Boolean);
  return `Last 7 days: ${said.join(', ') || 'calm'}`;
}
