import { Button, Stack, Text } from '@mantine/core';
import { IconBellRinging, IconFilterOff, IconRss, IconSparkles } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { watchAlertsListAlertsInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/Page';
import { Empty, ListSkeleton, QueryStates } from '@/shared/states';
import { useWorkspace } from '@/shared/workspace';
import { useLiveAlerts } from '../live';
import { MoreButton } from '../parts/MoreButton';
import { nextPage, PAGE } from '../parts/paging';
import { useSetSearch } from '../parts/useSetSearch';
import { AlertFilterBar } from './AlertFilterBar';
import { AlertList } from './AlertList';
import { FeedDialog } from './FeedDialog';
import { type AlertFilters, toAlertQuery } from './filters';

const route = getRouteApi('/signed-in/watch/alerts');

/** The inbox: what changed, and who has seen to it. */
export default function AlertsPage() {
  const filters: AlertFilters = route.useSearch();
  const choose = useSetSearch<AlertFilters>();
  const { can } = useWorkspace();
  const [isFeedOpen, setIsFeedOpen] = useState(false);
  useLiveAlerts();
  const pages = useInfiniteQuery({
    ...watchAlertsListAlertsInfiniteOptions({ query: { ...toAlertQuery(filters), limit: PAGE } }),
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
          isEmpty={(data) => data.pages.every((page) => page.length === 0)}
          empty={<NoAlerts filters={filters} onReset={() => choose({})} canEdit={can('editor')} />}
        >
          {(data) => <AlertList alerts={data.pages.flat()} showsSource={!filters.source} />}
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
      title="All seen to"
      action={
        canEdit && (
          <Button component={Link} to="/watch/ask" leftSection={<IconSparkles size={16} />}>
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
