import type { JobStates, TrackedJob } from '@/api';
import type { TagColor } from '@/shared/badges/Tag';
import { formatDuration } from '@/shared/time';

export type JobState = TrackedJob['state'];

/** How a state is called and drawn. */
export const STATES: Record<JobState, { label: string; color: TagColor }> = {
  running: { label: 'Running', color: 'blue' },
  queued: { label: 'Waiting', color: 'gray' },
  retrying: { label: 'To be retried', color: 'orange' },
  failed: { label: 'Failed', color: 'red' },
  succeeded: { label: 'Finished', color: 'water' },
  cancelled: { label: 'Cancelled', color: 'gray' },
};

export const ORDER = Object.keys(STATES) as JobState[];

/** What the page of jobs shows; it stands in the address. */
export interface JobSearch {
  state?: JobState;
  kind?: string;
}

/** Read the search of the address; what isn't understood is left out. */
export function readJobSearch(search: Record<string, unknown>): JobSearch {
  const state = ORDER.find((one) => one === search.state);
  const kind = typeof search.kind === 'string' && /^[a-z0-9_.]{1,128}$/.test(search.kind) ? search.kind : undefined;
  return { ...(state && { state }), ...(kind && { kind }) };
}

/** Whether a job may yet be cancelled. */
export function isOpen(job: Pick<TrackedJob, 'state'>): boolean {
  return job.state === 'queued' || job.state === 'running' || job.state === 'retrying';
}

/** How far a job is, 0 to 100; null while nobody knows. */
export function percentDone(job: Pick<TrackedJob, 'progress_done' | 'progress_total'>): number | null {
  if (!job.progress_total || job.progress_total <= 0) return null;
  return Math.min(100, Math.round((job.progress_done / job.progress_total) * 100));
}

/** All jobs of the states. */
export function addUp(states: JobStates): number {
  return ORDER.reduce((sum, state) => sum + states[state], 0);
}

/** Whether a job belongs into a list with this search. */
export function matches(job: Pick<TrackedJob, 'state' | 'kind'>, search: JobSearch): boolean {
  return (!search.state || job.state === search.state) && (!search.kind || job.kind === search.kind);
}

/** How long a job that ended took: "took 3 s". Empty while it hasn't ended. */
export function formatTaken(job: Pick<TrackedJob, 'started_at' | 'finished_at'>): string {
  if (!job.started_at || !job.finished_at) return '';
  const seconds = (new Date(job.finished_at).getTime() - new Date(job.started_at).getTime()) / 1000;
  return seconds < 0.1 ? 'took no time' : `took ${formatDuration(seconds)}`;
}

/** Number of attempts, once there was more than one: "attempt 2 of 5". */
export function countAttempts(job: Pick<TrackedJob, 'state' | 'attempts' | 'max_attempts'>): string {
  return job.attempts > 1 || job.state === 'retrying' ? `attempt ${job.attempts} of ${job.max_attempts}` : '';
}

/** A kind as people read it: "watch · check now". */
export function nameKind(kind: string): string {
  const [product, ...rest] = kind.split('.');
  return rest.length ? `${product} · ${rest.join(' ').replaceAll('_', ' ')}` : kind;
}
