import { Paper, Text } from '@mantine/core';
import { Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { chooseTicks, describeSpan, type PlotPoint, type PlotSeries } from './series';

interface PictureProps {
  points: readonly PlotPoint[];
  series: readonly PlotSeries[];
  format: (value: number) => string;
  height: number;
}

const AXIS = { fontSize: 11, fill: 'var(--mantine-color-dimmed)' };

/** The chart itself: what Recharts draws. Loaded when one is shown. */
export default function Picture({ points, series, format, height }: PictureProps) {
  const tick = chooseTicks(points);
  const data = points.map((point) => ({ ...point.values, start: point.start, point }));
  return (
    <ResponsiveContainer width="100%" height={height}>
      <ComposedChart
        data={data}
        margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
        barCategoryGap={1}
        accessibilityLayer
      >
        <CartesianGrid vertical={false} stroke="var(--plot-grid)" />
        <XAxis
          dataKey="start"
          tickFormatter={tick}
          tick={AXIS}
          tickLine={false}
          axisLine={{ stroke: 'var(--plot-grid)' }}
          minTickGap={36}
        />
        <YAxis
          width="auto"
          tickFormatter={format}
          tick={AXIS}
          tickLine={false}
          axisLine={false}
          allowDecimals={false}
          tickCount={4}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--plot-grid)', opacity: 0.5, stroke: 'var(--plot-grid)' }}
          content={({ active, payload }) => {
            const point = payload?.[0]?.payload?.point as PlotPoint | undefined;
            return active && point ? <Bubble point={point} series={series} format={format} /> : null;
          }}
        />
        {series.map((one) =>
          one.kind === 'bar' ? (
            <Bar
              key={one.key}
              dataKey={one.key}
              name={one.label}
              stackId={one.stack}
              fill={one.colour}
              maxBarSize={28}
              isAnimationActive={false}
            />
          ) : (
            <Line
              key={one.key}
              dataKey={one.key}
              name={one.label}
              stroke={one.colour}
              strokeWidth={one.isDashed ? 1.5 : 2}
              strokeDasharray={one.isDashed ? '4 3' : undefined}
              dot={points.length < 3}
              connectNulls={false}
              isAnimationActive={false}
              type="monotone"
            />
          ),
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function Bubble({ point, series, format }: { point: PlotPoint } & Pick<PictureProps, 'series' | 'format'>) {
  return (
    <Paper withBorder shadow="sm" px="sm" py={6} radius="md">
      <Text size="xs" fw={600} mb={2}>
        {describeSpan(point)}
      </Text>
      {series.map(({ key, label, colour }) => {
        const value = point.values[key] ?? null;
        return (
          <Text key={key} size="xs" component="div" style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
            <svg width={8} height={8} aria-hidden="true">
              <rect width={8} height={8} rx={2} fill={colour} />
            </svg>
            <span>{label}</span>
            <span style={{ marginLeft: 'auto', fontVariantNumeric: 'tabular-nums' }}>
              {value === null ? 'not known' : format(value)}
            </span>
          </Text>
        );
      })}
    </Paper>
  );
}
