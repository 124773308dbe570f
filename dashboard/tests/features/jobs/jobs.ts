import type { TrackedJob } from '@/api';

/** A job that runs, but for what the test changes. */
export function makeJob(changes: Partial<TrackedJob> = {}): TrackedJob {
  return {
    id: '0195-0005',
    workspace_id: '0194-personal',
    kind: 'watch.check_now',
    queue: 'fetch',
    summary: 'Acme prices',
    state: 'running',
    progress_done: 1,
    progress_total: 4,
    progress_note: '',
    attempts: 1,
    max_attempts: 5,
    error: null,
    created_at: '2026-03-01T12:00:00Z',
    started_at: '2026-03-01T12:00:01Z',
    finished_at: null,
    next_attempt_at: null,
    ...changes,
  };
}
