import { Anchor, Group, Paper, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Series } from '@/api';
import { watchSeriesReadSeriesOptions } from '@/api/@tanstack/react-query.gen';
import { Sparkline, sinceOf } from '@/shared/plots';
import { formatMilliseconds, readTimezone, useNow } from '@/shared/time';
import { links } from '../links';
import classes from './sources.module.css';

const A_MINUTE = 60_000;
const plain = new Intl.NumberFormat();

/** What all sources together did in the last seven days. It stays away where it can't be had: the list matters more. */
export function Activity() {
  const now = useNow(A_MINUTE);
  const { data, isError } = useQuery({
    ...watchSeriesReadSeriesOptions({
      query: { since: sinceOf('7d', now), timezone: readTimezone(), points: 60 },
    }),
    placeholderData: keepPreviousData,
  });
  if (isError || data?.known_from === null) return null;
  if (!data) return <Skeleton height={76} radius="lg" />;
  const { totals } = data;
  const alerts = (totals.low ?? 0) + (totals.medium ?? 0) + (totals.high ?? 0);
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm" component="section" aria-label="The last 7 days">
      <Tile label="Checks" value={plain.format(totals.checks ?? 0)} picture={draw(data, ({ checks }) => checks)} />
      <Tile
        label="Alerts"
        value={
          <Anchor component={Link} {...links.alerts()} inherit c="inherit">
            {plain.format(alerts)}
          </Anchor>
        }
        picture={draw(data, ({ low, medium, high }) => (low === null ? null : low + (medium ?? 0) + (high ?? 0)))}
      />
      <Tile
        label="Failures"
        value={plain.format(totals.failed ?? 0)}
        picture={draw(data, ({ failed }) => failed)}
        colour="var(--plot-trouble)"
      />
      <Tile
        label="Median answer"
        value={totals.ms_median === null ? '–' : formatMilliseconds(totals.ms_median)}
        picture={draw(data, ({ ms_median }) => ms_median)}
        colour="var(--plot-line-faint)"
      />
    </SimpleGrid>
  );
}

function draw({ points }: Series, read: (point: Series['points'][number]) => number | null): (number | null)[] {
  return points.map(read);
}

interface TileProps {
  label: string;
  value: ReactNode;
  picture: (number | null)[];
  colour?: string;
}

function Tile({ label, value, picture, colour }: TileProps) {
  return (
    <Paper withBorder radius="lg" px="md" py="sm">
      <Text size="xs" c="dimmed">
        {label}
        <Text span inherit visibleFrom="sm">
          {', 7 days'}
        </Text>
      </Text>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-end">
        <Text fz={22} fw={620} lh={1.3} component="div" className={classes.figure}>
          {value}
        </Text>
        <Sparkline values={picture} label={`${label} over the last 7 days`} width={110} height={30} colour={colour} />
      </Group>
    </Paper>
  );
}
