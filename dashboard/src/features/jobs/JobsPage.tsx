import { Button, Group, Select, Stack } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { JobCounts, JobPage, TrackedJob } from '@/api';
import {
  jobsCountJobsOptions,
  jobsCountJobsQueryKey,
  jobsListJobsInfiniteOptions,
} from '@/api/@tanstack/react-query.gen';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, PAGE_SIZE } from '@/shared/lists/paging';
import { applyChange } from '@/shared/lists/patching';
import { useSetSearch } from '@/shared/lists/useSetSearch';
import { useLiveTable } from '@/shared/live';
import { Page } from '@/shared/page/Page';
import { Empty, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { ReplayAll } from './actions';
import { JobList } from './JobList';
import { links } from './links';
import { StateFilter } from './StateFilter';
import { type JobSearch, matches, nameKind } from './states';

/** Everything that runs in the workspace, and everything that failed for good. */
export function JobsPage() {
  const search = links.jobs.useSearch();
  const setSearch = useSetSearch<JobSearch>();
  const { workspace, can } = useWorkspace();
  const counts = useQuery(jobsCountJobsOptions({ query: { kind: search.kind } }));
  const list = jobsListJobsInfiniteOptions({
    query: { limit: PAGE_SIZE, kind: search.kind, state: search.state && [search.state] },
  });
  const jobs = useInfiniteQuery({ ...list, initialPageParam: {}, getNextPageParam: (page) => page.next_cursor });
  useLiveTable(
    'jobs',
    `workspace_id=eq.${workspace.id}`,
    [list.queryKey, jobsCountJobsQueryKey()],
    (change, queries) => {
      queries.setQueryData(
        list.queryKey,
        (pages: InfiniteData<JobPage> | undefined) =>
          pages && applyChange<TrackedJob, InfiniteData<JobPage>>(pages, change, (job) => matches(job, search)),
      );
      // Progress alone changes no count.
      return change.eventType === 'UPDATE' && change.old.state === change.new.state && change.new.state === 'running';
    },
  );
  const choose = (changes: JobSearch): void => setSearch({ ...search, ...changes });
  const dead = counts.data?.states.failed ?? 0;
  return (
    <Page
      title="Jobs"
      description="Everything that runs for this workspace, as it goes, and what failed for good."
      actions={can('editor') && search.state === 'failed' && dead > 0 && <ReplayAll kind={search.kind} count={dead} />}
    >
      <Stack gap="md">
        <Group justify="space-between" align="flex-end" gap="sm">
          <StateFilter value={search.state} counts={counts.data?.states} onChange={(state) => choose({ state })} />
          <KindFilter value={search.kind} counts={counts.data} onChange={(kind) => choose({ kind })} />
        </Group>
        <QueryStates
          query={jobs}
          what="The jobs could not be loaded"
          isEmpty={hasNoRows}
          empty={<NoJobs search={search} onClear={() => choose({ state: undefined, kind: undefined })} />}
        >
          {(data) => <JobList jobs={listRows<TrackedJob>(data)} />}
        </QueryStates>
        <MoreButton pages={jobs} what="jobs" />
      </Stack>
    </Page>
  );
}

interface KindFilterProps {
  value: string | undefined;
  counts: JobCounts | undefined;
  onChange: (kind: string | undefined) => void;
}

function KindFilter({ value, counts, onChange }: KindFilterProps) {
  const kinds = (counts?.kinds ?? []).map(({ kind, total }) => ({
    value: kind,
    label: `${nameKind(kind)} (${total})`,
  }));
  if (value && !kinds.some((one) => one.value === value)) kinds.push({ value, label: nameKind(value) });
  return (
    <Select
      aria-label="Kind of job"
      placeholder="All kinds"
      data={kinds}
      value={value ?? null}
      onChange={(kind) => onChange(kind ?? undefined)}
      clearable
      clearButtonProps={{ 'aria-label': 'Show all kinds' }}
      w={{ base: '100%', xs: 240 }}
    />
  );
}

function NoJobs({ search, onClear }: { search: JobSearch; onClear: () => void }) {
  if (search.state || search.kind) {
    const nothingFailed = search.state === 'failed';
    return (
      <Empty
        icon={IconStack2}
        title={nothingFailed ? 'Nothing failed' : 'No such jobs'}
        action={
          <Button variant="light" onClick={onClear}>
            Show all jobs
          </Button>
        }
      >
        {nothingFailed
          ? 'Jobs that fail for good appear here with the reason, to be replayed.'
          : 'There are no jobs of this kind and state now.'}
      </Empty>
    );
  }
  return (
    <Empty icon={IconStack2} title="Nothing has run yet">
      Jobs appear here as soon as there is something to do: searching for sources, checking one at your request,
      anything that takes longer than a moment.
    </Empty>
  );
}
