import { Stack, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Activity } from '@/api';
import { workspacesListActivityInfiniteOptions, workspacesListMembersOptions } from '@/api/@tanstack/react-query.gen';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, nextPage, PAGE_SIZE } from '@/shared/lists/paging';
import { Page } from '@/shared/page/Page';
import { Empty, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import { describeAction, describeActor, describeSubject } from './activity';
import { links } from './links';
import classes from './workspace.module.css';

/** Who did what in the workspace. */
export function ActivityPage() {
  const { workspace } = useWorkspace();
  const path = { workspace_id: workspace.id };
  const query = useInfiniteQuery({
    ...workspacesListActivityInfiniteOptions({ path, query: { limit: PAGE_SIZE } }),
    initialPageParam: { path },
    getNextPageParam: nextPage,
  });
  return (
    <Page
      title="Activity"
      description={`Who did what in ${workspace.name}. Nobody can edit this.`}
      within={[{ label: 'Workspace', target: links.settings() }]}
      width="narrow"
    >
      <Stack>
        <QueryStates
          query={query}
          what="The activity could not be loaded"
          isEmpty={hasNoRows}
          empty={
            <Empty icon={IconHistory} title="Nothing has been done yet">
              What members, keys and jobs change is listed here.
            </Empty>
          }
        >
          {(data) => <ActivityList entries={listRows(data)} />}
        </QueryStates>
        <MoreButton pages={query} what="activity" />
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
              <b>{person ?? describeActor(entry.actor_kind)}</b> {describeAction(entry)}
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
