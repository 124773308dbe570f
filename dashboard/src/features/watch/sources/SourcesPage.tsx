import { Button, Group, Stack } from '@mantine/core';
import { IconFilterOff, IconPlus, IconRadar, IconSparkles } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { watchSourcesListSourcesInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, nextPage, PAGE_SIZE } from '@/shared/lists/paging';
import { useSetSearch } from '@/shared/lists/useSetSearch';
import { Page } from '@/shared/page/Page';
import { Empty, ListSkeleton, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { links } from '../links';
import { useLiveSources } from '../live';
import { Activity } from './Activity';
import { AddSource } from './AddSource';
import type { SourceFilters } from './filters';
import { ImportSources } from './ImportSources';
import { MoreMenu } from './MoreMenu';
import { SourceFilterBar } from './SourceFilterBar';
import { SourceList } from './SourceList';

/** What is watched: how each source is, what it did lately, and when it is looked at next. */
export default function SourcesPage() {
  const filters = links.sources.useSearch();
  const choose = useSetSearch<SourceFilters>();
  const { can } = useWorkspace();
  useLiveSources();
  const pages = useInfiniteQuery({
    ...watchSourcesListSourcesInfiniteOptions({
      query: { status: filters.status, search: filters.search, user_query_id: filters.query, limit: PAGE_SIZE },
    }),
    initialPageParam: {},
    getNextPageParam: nextPage,
  });
  const open = (dialog: SourceFilters['dialog']) => choose({ ...filters, dialog });
  return (
    <Page
      title="Sources"
      description="The pages and feeds that are watched."
      actions={
        <Group gap="xs">
          <MoreMenu onImport={can('editor') ? () => open('import') : undefined} />
          {can('editor') && (
            <>
              <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => open('add')}>
                Add by address
              </Button>
              <Button component={Link} {...links.ask()} leftSection={<IconSparkles size={16} />}>
                Ask
              </Button>
            </>
          )}
        </Group>
      }
    >
      <Stack gap="sm">
        <Activity />
        <SourceFilterBar filters={filters} onChange={choose} />
        <QueryStates
          query={pages}
          what="The sources could not be loaded"
          skeleton={<ListSkeleton rows={6} height={64} />}
          isEmpty={hasNoRows}
          empty={<NoSources filters={filters} onReset={() => choose({})} canEdit={can('editor')} />}
        >
          {(data) => <SourceList sources={listRows(data)} />}
        </QueryStates>
        <MoreButton pages={pages} what="sources" />
      </Stack>
      <AddSource isOpen={filters.dialog === 'add'} onClose={() => open(undefined)} />
      <ImportSources isOpen={filters.dialog === 'import'} onClose={() => open(undefined)} />
    </Page>
  );
}

function NoSources({ filters, onReset, canEdit }: { filters: SourceFilters; onReset: () => void; canEdit: boolean }) {
  if (filters.status || filters.search || filters.query) {
    return (
      <Empty
        icon={IconFilterOff}
        title="No source like that"
        action={
          <Button variant="light" onClick={onReset}>
            Show all sources
          </Button>
        }
      >
        Nothing that is watched fits the search and the filters.
      </Empty>
    );
  }
  return (
    <Empty
      icon={IconRadar}
      title="Nothing is watched yet"
      action={
        canEdit && (
          <Button component={Link} {...links.ask()} leftSection={<IconSparkles size={16} />}>
            Say what you want to know about
          </Button>
        )
      }
    >
      Say in your own words what matters to you, and the pages worth watching are found for you. Or add an address that
      you know, or import the list of your feed reader.
    </Empty>
  );
}
