import { Box, Button, Group, Skeleton, Text } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import './plots.css';
import { PlotTable } from './PlotTable';
import { hasAnything, type PlotPoint, type PlotSeries } from './series';

// Recharts is most of a picture's weight, and few pages show one at once.
const Picture = lazy(() => import('./Picture'));

export interface TimeChartProps {
  title: string;
  points: readonly PlotPoint[];
  series: readonly PlotSeries[];
  /** Said where all is zero or unknown. */
  nothing: string;
  /** Write a number, such as milliseconds with their unit. */
  format?: (value: number) => string;
  height?: number;
  aside?: ReactNode;
}

const plain = new Intl.NumberFormat();

/** Bars and lines over time, with the same numbers as a table for who would rather read. */
export function TimeChart({
  title,
  points,
  series,
  nothing,
  format = plain.format,
  height = 220,
  aside,
}: TimeChartProps) {
  const [isTable, setIsTable] = useState(false);
  const isThere = hasAnything(points, series);
  return (
    <Box component="figure" m={0} aria-label={title}>
      <Group justify="space-between" mb={6} gap="xs">
        <Text component="figcaption" fw={600} size="md">
          {title}
        </Text>
        <Group gap="xs">
          {aside}
          {isThere && (
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              leftSection={isTable ? <IconChartBar size={14} /> : <IconTable size={14} />}
              onClick={() => setIsTable(!isTable)}
            >
              {isTable ? 'As a chart' : 'As a table'}
            </Button>
          )}
        </Group>
      </Group>
      {!isThere && (
        <Box h={height} display="grid" style={{ placeItems: 'center' }}>
          <Text c="dimmed" size="sm">
            {nothing}
          </Text>
        </Box>
      )}
      {isThere && isTable && <PlotTable points={points} series={series} format={format} height={height} />}
      {isThere && !isTable && (
        <Suspense fallback={<Skeleton height={height} radius="md" />}>
          <Picture points={points} series={series} format={format} height={height} />
        </Suspense>
      )}
      {isThere && <Legend series={series} />}
    </Box>
  );
}

function Legend({ series }: { series: readonly PlotSeries[] }) {
  if (series.length < 2) return null;
  return (
    <Group gap="md" mt={6} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
      {series.map(({ key, label, colour, kind, isDashed }) => (
        <Group key={key} gap={6} component="li" wrap="nowrap">
          <svg width={14} height={10} aria-hidden="true">
            {kind === 'bar' ? (
              <rect width={10} height={10} x={2} rx={2} fill={colour} />
            ) : (
              <path d="M0 5h14" stroke={colour} strokeWidth={2.5} strokeDasharray={isDashed ? '4 2' : undefined} />
            )}
          </svg>
          <Text size="xs" c="dimmed">
            {label}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
