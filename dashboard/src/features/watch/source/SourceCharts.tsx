import { Paper, SegmentedControl, SimpleGrid, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { watchSeriesReadSourceSeriesOptions } from '@/api/@tanstack/react-query.gen';
import { ListSkeleton, QueryStates } from '@/shared/page/states';
import { RANGES, type Range, sinceOf, TimeChart, toPoints } from '@/shared/plots';
import { formatMilliseconds, readTimezone, useNow } from '@/shared/time';
import { CHECK_SERIES, MS_SERIES, SEVERITY_SERIES } from './series';
import { Totals } from './Totals';

const A_MINUTE = 60_000;

/** How a source fared over time: its checks, its changes, and how fast it answered. */
export function SourceCharts({ sourceId }: { sourceId: string }) {
  const [range, setRange] = useState<Range>('7d');
  const now = useNow(A_MINUTE);
  const query = useQuery({
    ...watchSeriesReadSourceSeriesOptions({
      path: { source_id: sourceId },
      query: {
        since: sinceOf(range, now),
        timezone: readTimezone(),
        points: RANGES[range].points,
      },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label="How far back"
        value={range}
        onChange={(value) => setRange(value as Range)}
        style={{ alignSelf: 'flex-start' }}
        data={Object.entries(RANGES).map(([value, { label }]) => ({ value, label }))}
      />
      <QueryStates
        query={query}
        what="The charts could not be loaded"
        skeleton={<ListSkeleton rows={3} height={180} />}
      >
        {(series) => (
          <>
            <Totals totals={series.totals} />
            <Paper withBorder radius="lg" p="md">
              <TimeChart
                title="Checks"
                points={toPoints(series)}
                series={CHECK_SERIES}
                nothing="No checks in this time."
              />
            </Paper>
            <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
              <Paper withBorder radius="lg" p="md">
                <TimeChart
                  title="Alerts by severity"
                  points={toPoints(series)}
                  series={SEVERITY_SERIES}
                  nothing="Nothing that matters changed in this time."
                />
              </Paper>
              <Paper withBorder radius="lg" p="md">
                <TimeChart
                  title="Time to answer"
                  points={toPoints(series)}
                  series={MS_SERIES}
                  format={formatMilliseconds}
                  nothing="No answers in this time."
                />
              </Paper>
            </SimpleGrid>
          </>
        )}
      </QueryStates>
    </Stack>
  );
}
