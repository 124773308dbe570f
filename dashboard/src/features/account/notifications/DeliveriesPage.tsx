import { Button, Group, Select, Stack } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { notificationsListDeliveriesInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { useLiveTable } from '@/shared/live';
import { Page } from '@/shared/Page';
import { Empty, QueryStates } from '@/shared/states';
import { useWorkspace } from '@/shared/workspace';
import { NotificationTabs } from '../parts';
import { DeliveryRow } from './DeliveryRow';
import { CHANNELS, type ChannelName, type DeliverySearch, STATUSES, type Status } from './deliveries';
import classes from './notifications.module.css';

const route = getRouteApi('/signed-in/settings/notifications/deliveries');
const AT_ONCE = 50;

/** What was sent to whom, and how each attempt fared. */
export function DeliveriesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { workspace, can } = useWorkspace();
  const list = notificationsListDeliveriesInfiniteOptions({
    query: { limit: AT_ONCE, status: search.status, channel: search.channel, endpoint_id: search.endpoint },
  });
  const query = useInfiniteQuery({
    ...list,
    initialPageParam: {},
    getNextPageParam: (page) => (page.length < AT_ONCE ? undefined : page.at(-1)?.id),
  });
  useLiveTable('notification_deliveries', `workspace_id=eq.${workspace.id}`, [list.queryKey]);
  const choose = (changes: DeliverySearch): void => void navigate({ search: { ...search, ...changes }, replace: true });
  const isNarrowed = Boolean(search.status || search.channel || search.endpoint);
  return (
    <Page
      title="Notifications"
      description={
        can('admin') ? 'What was sent to everybody.' : "What was sent to you and to the workspace's webhooks."
      }
    >
      <NotificationTabs />
      <Stack>
        <Group gap="sm">
          <Select
            aria-label="How it fared"
            placeholder="However it fared"
            data={Object.entries(STATUSES).map(([value, { label }]) => ({ value, label }))}
            value={search.status ?? null}
            onChange={(status) => choose({ status: (status ?? undefined) as Status | undefined })}
            clearable
            w={200}
          />
          <Select
            aria-label="Channel"
            placeholder="By any channel"
            data={Object.entries(CHANNELS).map(([value, label]) => ({ value, label }))}
            value={search.channel ?? null}
            onChange={(channel) => choose({ channel: (channel ?? undefined) as ChannelName | undefined })}
            clearable
            w={180}
          />
          {search.endpoint && (
            <Button variant="subtle" size="compact-sm" onClick={() => choose({ endpoint: undefined })}>
              One webhook only: show all
            </Button>
          )}
        </Group>
        <QueryStates
          query={query}
          what="The deliveries could not be loaded"
          isEmpty={({ pages }) => pages.every((page) => page.length === 0)}
          empty={
            <Empty icon={IconSend} title={isNarrowed ? 'No such deliveries' : 'Nothing was sent yet'}>
              {isNarrowed
                ? 'Nothing fits what you chose above.'
                : 'As soon as something happens that you want to hear of, every message to you appears here.'}
            </Empty>
          }
        >
          {({ pages }) => (
            <ul className={classes.list} aria-label="Deliveries">
              {pages.flat().map((delivery) => (
                <DeliveryRow key={delivery.id} delivery={delivery} />
              ))}
            </ul>
          )}
        </QueryStates>
        {query.hasNextPage && (
          <Button
            variant="default"
            mx="auto"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show older ones
          </Button>
        )}
      </Stack>
    </Page>
  );
}
