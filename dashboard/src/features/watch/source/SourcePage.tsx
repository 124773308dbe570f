import { Alert, Button, Group, Menu, Tabs, Text } from '@mantine/core';
import {
  IconAdjustments,
  IconAlertTriangle,
  IconChartBar,
  IconHistory,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconStack2,
  IconTrash,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Source } from '@/api';
import { watchSourcesReadSourceOptions } from '@/api/@tanstack/react-query.gen';
import { useSetSearch } from '@/shared/lists/useSetSearch';
import { ExternalLink } from '@/shared/page/ExternalLink';
import { Page } from '@/shared/page/Page';
import { Failed, ListSkeleton } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import { links, type SourceTab } from '../links';
import { useLiveAlerts, useLiveSource } from '../live';
import { nameInterval } from '../parts/intervals';
import { NextCheck } from '../parts/NextCheck';
import { SourceState } from '../parts/SourceState';
import { useSourceActions } from '../sources/actions';
import { Glance } from './Glance';
import { SourceCharts } from './SourceCharts';
import { SourceSettings } from './SourceSettings';
import classes from './source.module.css';
import { Timeline } from './Timeline';
import { Versions } from './Versions';

/** One source: what happened to it, how it fares, and how it is watched. */
export default function SourcePage() {
  const { sourceId } = links.source.useParams();
  const { tab = 'changes' } = links.source.useSearch();
  const setSearch = useSetSearch<{ tab: SourceTab }>();
  useLiveSource(sourceId);
  useLiveAlerts();
  const query = useQuery(watchSourcesReadSourceOptions({ path: { source_id: sourceId } }));
  const source = query.data;
  const within = [{ label: 'Sources', target: links.sources() }];
  if (!source) {
    return (
      <Page title="Source" within={within}>
        {query.isError ? (
          <Failed error={query.error} what="This source could not be loaded" onRetry={() => void query.refetch()} />
        ) : (
          <ListSkeleton />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={source.name}
      within={within}
      description={<Heading source={source} />}
      actions={<Actions source={source} />}
    >
      <Trouble source={source} />
      <Tabs value={tab} onChange={(value) => setSearch({ tab: value as SourceTab })} keepMounted={false}>
        <Tabs.List mb="md" className={classes.tabs}>
          <Tabs.Tab value="changes" leftSection={<IconHistory size={15} aria-hidden />}>
            Timeline
          </Tabs.Tab>
          <Tabs.Tab value="charts" leftSection={<IconChartBar size={15} aria-hidden />}>
            Charts
          </Tabs.Tab>
          <Tabs.Tab value="versions" leftSection={<IconStack2 size={15} aria-hidden />}>
            Versions
          </Tabs.Tab>
          <Tabs.Tab value="settings" leftSection={<IconAdjustments size={15} aria-hidden />}>
            Settings
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="changes">
          <div className={classes.columns}>
            <Timeline sourceId={source.id} />
            <Glance source={source} />
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="charts">
          <SourceCharts sourceId={source.id} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions sourceId={source.id} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SourceSettings source={source} key={source.updated_at} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Heading({ source }: { source: Source }) {
  return (
    <Group mt={4} c="dimmed" fz="sm" style={{ gap: '4px 14px' }}>
      <SourceState source={source} />
      <ExternalLink url={source.url} size="sm" style={{ overflowWrap: 'anywhere' }} />
      <Text span inherit>
        {nameInterval(source.check_interval)}
      </Text>
      <Text span inherit>
        last checked <RelativeTime value={source.last_checked_at} />
      </Text>
      {source.status === 'active' && (
        <Text span inherit>
          next check <NextCheck source={source} />
        </Text>
      )}
    </Group>
  );
}

function Actions({ source }: { source: Source }) {
  const { can } = useWorkspace();
  const navigate = useNavigate();
  const actions = useSourceActions();
  if (!can('editor')) return null;
  const isAwake = source.status === 'active';
  const act = (action: 'pause' | 'resume' | 'check') => actions.mutate({ action, sources: [source] });
  return (
    <>
      <Button
        variant="default"
        leftSection={isAwake ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        onClick={() => act(isAwake ? 'pause' : 'resume')}
      >
        {isAwake ? 'Pause' : 'Resume'}
      </Button>
      <Button leftSection={<IconRefresh size={16} />} loading={actions.isPending} onClick={() => act('check')}>
        Check now
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={10} aria-label="More">
            …
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            onClick={() => {
              actions.mutate({ action: 'delete', sources: [source] });
              void navigate(links.sources());
            }}
          >
            Delete (the history stays)
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function Trouble({ source }: { source: Source }) {
  if (!source.last_error) return null;
  const isStopped = source.status === 'error';
  return (
    <Alert
      mb="md"
      color={isStopped ? 'red' : 'orange'}
      variant="light"
      icon={<IconAlertTriangle />}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
      title={
        isStopped
          ? `Stopped after ${source.error_count} failures in a row`
          : `The last ${source.error_count === 1 ? 'check' : `${source.error_count} checks`} failed`
      }
    >
      {source.last_error}{' '}
      {isStopped ? 'Resume it once the page is well again.' : 'It is tried again by itself, ever later.'}
    </Alert>
  );
}
