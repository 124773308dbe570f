import { Button } from '@mantine/core';
import { IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TrackedJob } from '@/api';
import {
  jobsCancelJobMutation,
  jobsCountJobsQueryKey,
  jobsListJobsInfiniteQueryKey,
  jobsReadJobQueryKey,
  jobsReplayJobMutation,
  jobsReplayJobsMutation,
} from '@/api/@tanstack/react-query.gen';
import { Confirm } from '@/shared/page/Confirm';
import { toastDone, toastFailure } from '@/shared/page/toasts';
import { useWorkspace } from '@/shared/platform/workspace';
import { isOpen, nameKind } from './states';

/** Everything that shows jobs, to be asked for again after an action. */
export function useRefreshJobs(): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: jobsListJobsInfiniteQueryKey() }),
      queries.invalidateQueries({ queryKey: jobsCountJobsQueryKey() }),
    ]);
}

/** What one may do with a job in its state: cancel it or replay it. */
export function JobActions({ job, size = 'compact-sm' }: { job: TrackedJob; size?: string }) {
  const { can } = useWorkspace();
  if (!can('editor')) return null;
  if (isOpen(job)) return <CancelButton job={job} size={size} />;
  if (job.state === 'failed') return <ReplayButton job={job} size={size} />;
  return null;
}

function nameJob(job: TrackedJob): string {
  return job.summary || nameKind(job.kind);
}

function CancelButton({ job, size }: { job: TrackedJob; size: string }) {
  const queries = useQueryClient();
  const refresh = useRefreshJobs();
  const cancel = useMutation({
    ...jobsCancelJobMutation(),
    onSuccess: (changed) => {
      queries.setQueryData(jobsReadJobQueryKey({ path: { job_id: job.id } }), changed);
      void refresh();
      toastDone(changed.state === 'cancelled' ? 'The job is cancelled.' : 'The job ends within a moment.');
    },
  });
  return (
    <Confirm
      title="Cancel this job?"
      action="Cancel job"
      onConfirm={() => cancel.mutateAsync({ path: { job_id: job.id } })}
      trigger={(open) => (
        <Button
          size={size}
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          onClick={open}
          aria-label={`Cancel ${nameJob(job)}`}
        >
          Cancel
        </Button>
      )}
    >
      {job.state === 'running'
        ? `“${nameJob(job)}” runs now. What it has done stays done; the rest is left undone.`
        : `“${nameJob(job)}” has not begun. It will not be done.`}
    </Confirm>
  );
}

function ReplayButton({ job, size }: { job: TrackedJob; size: string }) {
  const queries = useQueryClient();
  const refresh = useRefreshJobs();
  const replay = useMutation({
    ...jobsReplayJobMutation(),
    onSuccess: (changed) => {
      queries.setQueryData(jobsReadJobQueryKey({ path: { job_id: job.id } }), changed);
      void refresh();
      toastDone('The job is back in its queue.');
    },
    onError: (error) => toastFailure('The job was not replayed', error),
  });
  return (
    <Button
      size={size}
      variant="light"
      leftSection={<IconRefresh size={14} />}
      loading={replay.isPending}
      onClick={() => replay.mutate({ path: { job_id: job.id } })}
      aria-label={`Replay ${nameJob(job)}`}
    >
      Replay
    </Button>
  );
}

/** Replays every dead letter, or those of one kind: the server takes 500 at once, so it is asked until none shrinks. */
export function ReplayAll({ kind, count }: { kind?: string; count: number }) {
  const refresh = useRefreshJobs();
  const replay = useMutation(jobsReplayJobsMutation());
  const replayAll = async (): Promise<void> => {
    let done = 0;
    for (let left = Number.POSITIVE_INFINITY; left > 0; ) {
      const answer = await replay.mutateAsync({ body: { kind: kind ?? null } });
      done += answer.replayed;
      if (answer.replayed === 0 || answer.left >= left) break;
      left = answer.left;
    }
    await refresh();
    toastDone(done === 1 ? 'One job is back in its queue.' : `${done} jobs are back in their queues.`);
  };
  return (
    <Confirm
      harmless
      title={count === 1 ? 'Replay one job?' : `Replay ${count} jobs?`}
      action={count === 1 ? 'Replay it' : `Replay ${count}`}
      onConfirm={replayAll}
      trigger={(open) => (
        <Button variant="light" size="sm" leftSection={<IconRefresh size={16} />} onClick={open}>
          Replay all {count}
        </Button>
      )}
    >
      {kind ? `Every failed “${nameKind(kind)}”` : 'Every failed job'} goes back into its queue with all its attempts.
      Fix what made them fail first, or they fail again.
    </Confirm>
  );
}
