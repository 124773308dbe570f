import { Group, Select, Stack } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { notificationsListDeliveriesInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { CHANNELS, type DeliveryChannel, type DeliveryStatus, STATUSES } from '@/shared/deliveries/deliveries';
import { FilterChip } from '@/shared/lists/FilterChip';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, nextPage, PAGE_SIZE } from '@/shared/lists/paging';
import { useSetSearch } from '@/shared/lists/useSetSearch';
import { useLiveTable } from '@/shared/live';
import { Page } from '@/shared/page/Page';
import { Empty, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { links } from '../links';
import { NotificationTabs } from '../tabs';
import { DeliveryRow } from './DeliveryRow';
import classes from './notifications.module.css';
import type { DeliverySearch } from './search';

/** What was sent to whom, and how each attempt ended. */
export function DeliveriesPage() {
  const search = links.deliveries.useSearch();
  const setSearch = useSetSearch<DeliverySearch>();
  const { workspace, can } = useWorkspace();
  const list = notificationsListDeliveriesInfiniteOptions({
    query: { limit: PAGE_SIZE, status: search.status, channel: search.channel, endpoint_id: search.endpoint },
  });
  const query = useInfiniteQuery({
    ...list,
    initialPageParam: {},
    getNextPageParam: nextPage,
  });
  useLiveTable('notification_deliveries', `workspace_id=eq.${workspace.id}`, [list.queryKey]);
  const choose = (changes: DeliverySearch): void => setSearch({ ...search, ...changes });
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
            aria-label="Status"
            placeholder="Any status"
            data={Object.entries(STATUSES).map(([value, { label }]) => ({ value, label }))}
            value={search.status ?? null}
            onChange={(status) => choose({ status: (status ?? undefined) as DeliveryStatus | undefined })}
            clearable
            w={200}
          />
          <Select
            aria-label="Channel"
            placeholder="Any channel"
            data={Object.entries(CHANNELS).map(([value, label]) => ({ value, label }))}
            value={search.channel ?? null}
            onChange={(channel) => choose({ channel: (channel ?? undefined) as DeliveryChannel | undefined })}
            clearable
            w={180}
          />
          {search.endpoint && (
            <FilterChip clearLabel="Show deliveries to every recipient" onClear={() => choose({ endpoint: undefined })}>
              To one webhook
            </FilterChip>
          )}
        </Group>
        <QueryStates
          query={query}
          what="The deliveries could not be loaded"
          isEmpty={hasNoRows}
          empty={
            <Empty icon={IconSend} title={isNarrowed ? 'No such deliveries' : 'Nothing was sent yet'}>
              {isNarrowed
                ? 'Nothing fits what you chose above.'
                : 'As soon as something happens that you want to be notified of, every message to you appears here.'}
            </Empty>
          }
        >
          {(data) => (
            <ul className={classes.list} aria-label="Deliveries">
              {listRows(data).map((delivery) => (
                <DeliveryRow key={delivery.id} delivery={delivery} />
              ))}
            </ul>
          )}
        </QueryStates>
        <MoreButton pages={query} what="deliveries" />
      </Stack>
    </Page>
  );
}
