import { Anchor, Group, Timeline as MantineTimeline, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Alert, Check } from '@/api';
import { watchAlertsListAlertsOptions, watchSourcesListHistoryInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { SeverityBadge } from '@/shared/badges/SeverityBadge';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, nextPage, PAGE_SIZE } from '@/shared/lists/paging';
import { Empty, ListSkeleton, QueryStates } from '@/shared/page/states';
import { formatMoment, RelativeTime } from '@/shared/time';
import { links } from '../links';
import { describeOutcome } from '../parts/outcome';
import { groupRuns, type Run } from './runs';

const SHOWN = {
  changes: ['first', 'changed', 'below_threshold'],
  trouble: ['error', 'unusable'],
  everything: undefined,
} as const;
type Show = keyof typeof SHOWN;

/** What happened to a source, newest first; checks that found nothing new are told together. */
export function Timeline({ sourceId }: { sourceId: string }) {
  const [show, setShow] = useState<Show>('changes');
  const outcome = SHOWN[show];
  const pages = useInfiniteQuery({
    ...watchSourcesListHistoryInfiniteOptions({
      path: { source_id: sourceId },
      query: { outcome: outcome ? [...outcome] : undefined, limit: PAGE_SIZE },
    }),
    initialPageParam: { path: { source_id: sourceId } },
    getNextPageParam: nextPage,
  });
  const alerts = useQuery(watchAlertsListAlertsOptions({ query: { source_id: sourceId, limit: 200 } }));
  const byId = new Map(alerts.data?.map((alert) => [alert.id, alert]));
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label="What to show"
        value={show}
        onChange={(value) => setShow(value as Show)}
        style={{ alignSelf: 'flex-start' }}
        data={[
          { value: 'changes', label: 'Changes' },
          { value: 'trouble', label: 'Failures' },
          { value: 'everything', label: 'Every check' },
        ]}
      />
      <QueryStates
        query={pages}
        what="The history could not be loaded"
        skeleton={<ListSkeleton rows={5} height={44} />}
        isEmpty={hasNoRows}
        empty={
          <Empty icon={IconHistory} title={show === 'trouble' ? 'No failures' : 'Nothing yet'}>
            {show === 'trouble'
              ? 'Every check that is still kept found a page.'
              : 'The first check stores what there is to compare with. What changes afterwards appears here.'}
          </Empty>
        }
      >
        {(data) => <Entries runs={groupRuns(listRows(data))} alerts={byId} />}
      </QueryStates>
      <MoreButton pages={pages} what="of the history" />
    </Stack>
  );
}

function Entries({ runs, alerts }: { runs: Run[]; alerts: Map<string, Alert> }) {
  return (
    <MantineTimeline bulletSize={26} lineWidth={2} active={-1} styles={{ item: { marginTop: 18 } }}>
      {runs.map((run) => {
        const looks = describeOutcome(run.newest.outcome);
        const { icon: Picture } = looks;
        return (
          <MantineTimeline.Item
            key={run.newest.id}
            bullet={<Picture size={15} color={`var(--mantine-color-${looks.colour}-text)`} aria-hidden />}
            title={<EntryTitle run={run} alert={run.newest.alert_id ? alerts.get(run.newest.alert_id) : undefined} />}
          >
            <Text size="xs" c="dimmed">
              <RelativeTime value={run.newest.at} /> · {formatMoment(run.newest.at)}
              {run.count > 1 && ` back to ${formatMoment(run.oldest.at)}`}
              {run.count === 1 && <Measures check={run.newest} />}
            </Text>
          </MantineTimeline.Item>
        );
      })}
    </MantineTimeline>
  );
}

function EntryTitle({ run, alert }: { run: Run; alert: Alert | undefined }) {
  const check = run.newest;
  const looks = describeOutcome(check.outcome);
  if (check.alert_id) {
    return (
      <Group gap="4px 8px" align="flex-start">
        {alert && <SeverityBadge severity={alert.severity} score={alert.score} />}
        <Anchor
          component={Link}
          {...links.alert({ alertId: check.alert_id })}
          fw={alert?.acknowledged_at ? 500 : 650}
          size="md"
          style={{ flex: '1 1 220px' }}
        >
          {alert?.summary ?? 'A change with an alert'}
        </Anchor>
      </Group>
    );
  }
  return (
    <Tooltip label={looks.meaning} position="top-start" disabled={!looks.meaning} multiline maw={320}>
      <Text size="md" span>
        {run.count > 1 ? `${looks.label}, ${run.count} times` : looks.label}
        {check.change_score !== null &&
          check.outcome === 'below_threshold' &&
          ` (score ${check.change_score.toFixed(2)})`}
        {check.reason && (
          <Text span c="dimmed" size="sm">
            {' '}
            {check.reason}
          </Text>
        )}
      </Text>
    </Tooltip>
  );
}

function Measures({ check }: { check: Check }) {
  const said = [
    check.http_status !== null && `HTTP ${check.http_status}`,
    check.ms !== null && `${check.ms} ms`,
    check.bytes !== null && check.bytes > 0 && `${formatBytes(check.bytes)}`,
  ].filter(Boolean);
  return said.length > 0 ? <> · {said.join(' · ')}</> : null;
}

function formatBytes(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
}
