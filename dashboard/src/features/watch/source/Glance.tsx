import { Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Series, Source } from '@/api';
import { watchSeriesReadSourceSeriesOptions } from '@/api/@tanstack/react-query.gen';
import { type Beat, Beats, sinceOf } from '@/shared/plots';
import { formatMilliseconds, formatMoment, readTimezone, useNow } from '@/shared/time';
import classes from './source.module.css';

const A_MINUTE = 60_000;
const SPANS = 62;

/** The last month of a source at a glance. */
export function Glance({ source }: { source: Source }) {
  const now = useNow(A_MINUTE);
  const { data } = useQuery({
    ...watchSeriesReadSourceSeriesOptions({
      path: { source_id: source.id },
      query: {
        since: sinceOf('30d', now),
        timezone: readTimezone(),
        points: SPANS,
      },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <Paper withBorder radius="lg" p="md" className={classes.aside} component="aside" aria-label="Last 30 days">
      <Title order={2} size="h5" mb="sm">
        Last 30 days
      </Title>
      {data ? <Shown series={data} /> : <Skeleton height={120} radius="md" />}
      <Text size="xs" c="dimmed" mt="sm">
        Watched since {formatMoment(source.created_at)}. Alerts from a score of{' '}
        {(source.config.threshold ?? 0.4).toFixed(2)}.
      </Text>
    </Paper>
  );
}

function Shown({ series: { points, totals } }: { series: Series }) {
  const beats = points.map((point): Beat => {
    if (point.checks === null) return null;
    if (point.checks === 0) return 'idle';
    if ((point.changed ?? 0) + (point.below_threshold ?? 0) > 0) return 'change';
    return (point.failed ?? 0) > 0 ? 'trouble' : 'calm';
  });
  const [checks, failed] = [totals.checks ?? 0, totals.failed ?? 0];
  const alerts = (totals.low ?? 0) + (totals.medium ?? 0) + (totals.high ?? 0);
  const answered = checks > 0 ? `${(Math.floor((1000 * (checks - failed)) / checks) / 10).toFixed(1)}%` : '–';
  return (
    <Stack gap="sm">
      <Beats
        beats={beats}
        width={306}
        height={40}
        label={`${checks} checks, ${alerts} alerts, ${failed} failures in the last 30 days`}
      />
      <Group justify="space-between" wrap="nowrap">
        <Figure label="Alerts" value={`${alerts}`} />
        <Figure label="Checks" value={new Intl.NumberFormat().format(checks)} />
        <Figure label="Answered" value={answered} />
        <Figure label="Median" value={totals.ms_median === null ? '–' : formatMilliseconds(totals.ms_median)} />
      </Group>
    </Stack>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={620} style={{ fontVariantNumeric: 'tabular-nums' }}>
        {value}
      </Text>
    </div>
  );
}
