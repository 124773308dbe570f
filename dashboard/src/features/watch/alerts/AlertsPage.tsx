import { Button, Stack, Text } from '@mantine/core';
import { IconBellRinging, IconFilterOff, IconRss, IconSparkles } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { watchAlertsListAlertsInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, nextPage, PAGE_SIZE } from '@/shared/lists/paging';
import { useSetSearch } from '@/shared/lists/useSetSearch';
import { Page } from '@/shared/page/Page';
import { Empty, ListSkeleton, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { links } from '../links';
import { useLiveAlerts } from '../live';
import { AlertFilterBar } from './AlertFilterBar';
import { AlertList } from './AlertList';
import { FeedDialog } from './FeedDialog';
import { type AlertFilters, toAlertQuery } from './filters';

/** The inbox: what changed, and what is acknowledged. */
export default function AlertsPage() {
  const filters = links.alerts.useSearch();
  const choose = useSetSearch<AlertFilters>();
  const { can } = useWorkspace();
  const [isFeedOpen, setIsFeedOpen] = useState(false);
  useLiveAlerts();
  const pages = useInfiniteQuery({
    ...watchAlertsListAlertsInfiniteOptions({ query: { ...toAlertQuery(filters), limit: PAGE_SIZE } }),
    initialPageParam: {},
    getNextPageParam: nextPage,
  });
  return (
    <Page
      title="Alerts"
      description="Changes that matter on what you watch."
      actions={
        <Button variant="default" leftSection={<IconRss size={16} />} onClick={() => setIsFeedOpen(true)}>
          As a feed
        </Button>
      }
    >
      <Stack gap="sm">
        <AlertFilterBar filters={filters} onChange={choose} />
        <QueryStates
          query={pages}
          what="The alerts could not be loaded"
          skeleton={<ListSkeleton rows={6} height={64} />}
          isEmpty={hasNoRows}
          empty={<NoAlerts filters={filters} onReset={() => choose({})} canEdit={can('editor')} />}
        >
          {(data) => <AlertList alerts={listRows(data)} showsSource={!filters.source} />}
        </QueryStates>
        <MoreButton pages={pages} what="alerts" />
      </Stack>
      <FeedDialog isOpen={isFeedOpen} onClose={() => setIsFeedOpen(false)} />
    </Page>
  );
}

function NoAlerts({ filters, onReset, canEdit }: { filters: AlertFilters; onReset: () => void; canEdit: boolean }) {
  if (filters.severity || filters.source || filters.show) {
    return (
      <Empty
        icon={IconFilterOff}
        title="Nothing like that"
        action={
          <Button variant="light" onClick={onReset}>
            Show what is open
          </Button>
        }
      >
        No alert fits the filters.
      </Empty>
    );
  }
  return (
    <Empty
      icon={IconBellRinging}
      title="All acknowledged"
      action={
        canEdit && (
          <Button component={Link} {...links.ask()} leftSection={<IconSparkles size={16} />}>
            Watch something new
          </Button>
        )
      }
    >
      Nothing is waiting for you. When something that matters changes, it shows up here by itself.{' '}
      <Text span inherit>
        Earlier alerts are under “Acknowledged”.
      </Text>
    </Empty>
  );
}
