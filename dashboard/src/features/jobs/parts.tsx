import { Progress, Stack, Text } from '@mantine/core';
import type { TrackedJob } from '@/api';
import { Tag } from '@/shared/badges/Tag';
import { RelativeTime } from '@/shared/time';
import { percentDone, STATES } from './states';

/** The state of a job, in a word. */
export function StateBadge({ state }: { state: TrackedJob['state'] }) {
  const { label, color } = STATES[state];
  return <Tag color={color}>{label}</Tag>;
}

/** How far a running job is; nothing where nobody says. */
export function JobProgress({ job }: { job: TrackedJob }) {
  const percent = percentDone(job);
  if (job.state !== 'running' && !(percent !== null && job.state === 'retrying')) return null;
  const count = job.progress_total ? `${job.progress_done} of ${job.progress_total}` : '';
  return (
    <Stack gap={4} maw={360}>
      <Progress
        value={percent ?? 100}
        animated={job.state === 'running' && percent === null}
        striped={percent === null}
        size="sm"
        aria-label={percent === null ? 'Running' : `${percent} % done`}
      />
      {(count || job.progress_note) && (
        <Text size="xs" c="dimmed" aria-live="off">
          {[count, job.progress_note].filter(Boolean).join(' · ')}
        </Text>
      )}
    </Stack>
  );
}

/** The moment that matters in a job's state. */
export function JobMoment({ job }: { job: TrackedJob }) {
  if (job.state === 'retrying') {
    return (
      <>
        again <RelativeTime value={job.next_attempt_at} missing="soon" />
      </>
    );
  }
  if (job.state === 'running') {
    return (
      <>
        started <RelativeTime value={job.started_at} />
      </>
    );
  }
  return <RelativeTime value={job.finished_at ?? job.created_at} />;
}
