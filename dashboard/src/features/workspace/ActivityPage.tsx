import { Button, Stack, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Activity } from '@/api';
import { workspacesListActivityInfiniteOptions, workspacesListMembersOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/Page';
import { Empty, QueryStates } from '@/shared/states';
import { RelativeTime } from '@/shared/time';
import { useWorkspace } from '@/shared/workspace';
import { describeActor, describeDeed, describeSubject } from './activity';
import classes from './workspace.module.css';

const AT_ONCE = 50;

/** Who did what in the workspace. */
export function ActivityPage() {
  const { workspace } = useWorkspace();
  const path = { workspace_id: workspace.id };
  const query = useInfiniteQuery({
    ...workspacesListActivityInfiniteOptions({ path, query: { limit: AT_ONCE } }),
    initialPageParam: { path },
    getNextPageParam: (page) => (page.length < AT_ONCE ? undefined : page.at(-1)?.id),
  });
  return (
    <Page
      title="Activity"
      description={`Who did what in ${workspace.name}. Nobody can edit this.`}
      within={[{ label: 'Workspace', to: '/workspace/settings' }]}
      width="narrow"
    >
      <Stack>
        <QueryStates
          query={query}
          what="The activity could not be loaded"
          isEmpty={({ pages }) => pages.every((page) => page.length === 0)}
          empty={
            <Empty icon={IconHistory} title="Nothing has been done yet">
              What members, keys and jobs change is listed here.
            </Empty>
          }
        >
          {({ pages }) => <ActivityList entries={pages.flat()} />}
        </QueryStates>
        {query.hasNextPage && (
          <Button
            variant="default"
            mx="auto"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show what was before
          </Button>
        )}
      </Stack>
    </Page>
  );
}

function ActivityList({ entries }: { entries: Activity[] }) {
  const { workspace } = useWorkspace();
  const members = useQuery(workspacesListMembersOptions({ path: { workspace_id: workspace.id } }));
  const names = new Map(members.data?.map((member) => [member.user_id, member.full_name || member.email]));
  return (
    <ul className={classes.list} aria-label="Activity">
      {entries.map((entry) => {
        const person = entry.actor_kind === 'user' ? (names.get(entry.actor_id ?? '') ?? 'A former member') : null;
        return (
          <li key={entry.id} className={classes.activity}>
            <Text style={{ overflowWrap: 'anywhere' }}>
              <b>{person ?? describeActor(entry.actor_kind)}</b> {describeDeed(entry)}
              {describeSubject(entry.details) && <>: {describeSubject(entry.details)}</>}
            </Text>
            <Text size="sm" c="dimmed">
              <RelativeTime value={entry.created_at} />
            </Text>
          </li>
        );
      })}
    </ul>
  );
}
