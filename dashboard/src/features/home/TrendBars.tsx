import { Text } from '@mantine/core';
import { type PointerEvent, useState } from 'react';
import type { Trend } from '@/api';
import { formatMoment } from '@/shared/time';
import classes from './home.module.css';
import { MARK } from './tones';

const HEIGHT = 36;
const numbers = new Intl.NumberFormat();

/** Say a trend in a sentence, for those who don't see it. */
export function describeTrend({ label, points }: Trend): string {
  const total = points.reduce((sum, { value }) => sum + value, 0);
  const most = points.reduce((highest, point) => (point.value > highest.value ? point : highest), {
    at: '',
    value: 0,
  });
  const from = points[0] ? ` since ${formatMoment(points[0].at)}` : '';
  return `${label}: ${numbers.format(total)}${from}${most.value ? `, most on ${formatMoment(most.at)} (${numbers.format(most.value)})` : ''}.`;
}

/** A row of bars, one for each point; what one of them says shows beneath the pointer. */
export function TrendBars({ trend }: { trend: Trend }) {
  const [shown, setShown] = useState<number | null>(null);
  const { points } = trend;
  const most = Math.max(1, ...points.map(({ value }) => value));
  const total = points.reduce((sum, { value }) => sum + value, 0);
  const point = shown === null ? undefined : points[shown];
  const follow = (event: PointerEvent<SVGSVGElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setShown(Math.min(points.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * points.length))));
  };
  return (
    <figure className={classes.trend}>
      <figcaption className={classes.caption}>
        <Text size="sm" c="dimmed" span>
          {trend.label}
        </Text>
        <Text size="sm" span className={classes.number}>
          {point ? `${numbers.format(point.value)} · ${formatMoment(point.at)}` : numbers.format(total)}
        </Text>
      </figcaption>
      <svg
        role="img"
        aria-label={describeTrend(trend)}
        viewBox={`0 0 ${points.length * 4} ${HEIGHT}`}
        preserveAspectRatio="none"
        width="100%"
        height={HEIGHT}
        onPointerMove={follow}
        onPointerLeave={() => setShown(null)}
      >
        {points.map(({ at, value }, index) => {
          const height = value === 0 ? 1 : Math.max(3, (value / most) * HEIGHT);
          return (
            <rect
              key={at}
              x={index * 4}
              y={HEIGHT - height}
              width={3}
              height={height}
              fill={MARK[trend.tone]}
              opacity={value === 0 ? 0.3 : shown === null || shown === index ? 1 : 0.5}
            />
          );
        })}
      </svg>
    </figure>
  );
}
