import type { Source, Sparklines } from '@/api';
import type { Beat } from '@/shared/plots';

const HOUR_MS = 3_600_000;

/** How far back the small pictures of a list reach. */
export interface BeatRange {
  label: string;
  hours: number;
}

/** Choose it by the oldest source that is shown: a week of which nothing is known says little. */
export function chooseBeatRange(sources: readonly Pick<Source, 'created_at'>[], now: number): BeatRange {
  const oldest = Math.min(now, ...sources.map(({ created_at }) => Date.parse(created_at)));
  const hours = (now - oldest) / HOUR_MS;
  if (hours <= 1) return { label: 'Last hour', hours: 1 };
  return hours <= 24 ? { label: 'Last 24 hours', hours: 24 } : { label: 'Last 7 days', hours: 168 };
}

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
export function describeBeats(beats: readonly Beat[], range: string): string {
  const count = (wanted: Beat) => beats.filter((beat) => beat === wanted).length;
  const [changes, troubles] = [count('change'), count('trouble')];
  if (beats.every((beat) => beat === null || beat === 'idle')) return `${range}: no checks`;
  const said = [
    changes > 0 && `changes in ${changes} of ${beats.length} spans`,
    troubles > 0 && `failures in ${troubles}`,
  ].filter(Boolean);
  return `${range}: ${said.join(', ') || 'calm'}`;
}
