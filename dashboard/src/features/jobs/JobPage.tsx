import { Alert, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { TrackedJob } from '@/api';
import { jobsReadJobOptions } from '@/api/@tanstack/react-query.gen';
import { useLiveTable } from '@/shared/live';
import { Page } from '@/shared/page/Page';
import { Copyable } from '@/shared/page/Secret';
import { QueryStates } from '@/shared/page/states';
import { formatAbsolute, RelativeTime } from '@/shared/time';
import { JobActions } from './actions';
import { links } from './links';
import { JobProgress, StateBadge } from './parts';
import { formatTaken, nameKind } from './states';

/** One job: how it goes, what went wrong, and what one may do about it. */
export function JobPage() {
  const { jobId } = links.job.useParams();
  const options = jobsReadJobOptions({ path: { job_id: jobId } });
  const query = useQuery(options);
  useLiveTable('jobs', `id=eq.${jobId}`, [options.queryKey], (change, queries) => {
    if (change.eventType !== 'UPDATE') return false;
    queries.setQueryData(options.queryKey, (job) => job && { ...job, ...(change.new as Partial<TrackedJob>) });
    return true;
  });
  const job = query.data;
  return (
    <Page
      title={job ? job.summary || nameKind(job.kind) : 'Job'}
      within={[{ label: 'Jobs', target: links.jobs() }]}
      width="narrow"
      actions={job && <JobActions job={job} size="sm" />}
    >
      <QueryStates query={query} what="The job could not be loaded">
        {(found) => <JobDetails job={found} />}
      </QueryStates>
    </Page>
  );
}

function JobDetails({ job }: { job: TrackedJob }) {
  return (
    <Stack>
      {job.error && job.state !== 'succeeded' && (
        <Alert
          color={job.state === 'failed' ? 'red' : 'yellow'}
          icon={<IconAlertTriangle />}
          styles={{ title: { color: 'var(--mantine-color-text)' } }}
          title={job.state === 'failed' ? 'It failed for good' : 'The latest attempt failed'}
        >
          <Text size="sm" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
            {job.error}
          </Text>
        </Alert>
      )}
      <Card withBorder p="lg">
        <Stack gap="lg">
          <Group justify="space-between" gap="sm">
            <StateBadge state={job.state} />
            <JobProgress job={job} />
          </Group>
          <SimpleGrid component="dl" cols={{ base: 1, xs: 2 }} m={0} spacing="lg">
            <Fact name="Kind">{nameKind(job.kind)}</Fact>
            <Fact name="Attempts">
              {job.attempts} of {job.max_attempts}
            </Fact>
            <Fact name="Asked for">
              <Moment value={job.created_at} />
            </Fact>
            <Fact name="Started">
              <Moment value={job.started_at} missing="not yet" />
            </Fact>
            {job.next_attempt_at && job.state === 'retrying' && (
              <Fact name="Next attempt">
                <Moment value={job.next_attempt_at} />
              </Fact>
            )}
            {job.finished_at && (
              <Fact name="Ended">
                <Moment value={job.finished_at} />
              </Fact>
            )}
            {formatTaken(job) && <Fact name="Length">{formatTaken(job)}</Fact>}
            <Fact name="Queue">{job.queue}</Fact>
          </SimpleGrid>
          <Copyable value={job.id} label="the job's id" />
        </Stack>
      </Card>
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0}>
        {children}
      </Text>
    </div>
  );
}

function Moment({ value, missing }: { value: string | null; missing?: string }) {
  return (
    <>
      <RelativeTime value={value} missing={missing} />
      {value && (
        <Text size="sm" c="dimmed">
          {formatAbsolute(value)}
        </Text>
      )}
    </>
  );
}
