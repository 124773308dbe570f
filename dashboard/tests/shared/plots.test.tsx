import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { Beats, hoursAgo, RANGES, Sparkline, sinceOf, TimeChart, toPoints } from '@/shared/plots';
import { drawRuns } from '@/shared/plots/runs';
import { chooseTicks, describeSpan, hasAnything, type PlotPoint } from '@/shared/plots/series';

const SERIES = [
  { key: 'checks', label: 'Checks', colour: 'red', kind: 'bar' },
  { key: 'failed', label: 'Failed', colour: 'blue', kind: 'bar' },
] as const;

function makePoints(numbers: (number | null)[]): PlotPoint[] {
  return numbers.map((checks, hour) => ({
    start: new Date(2026, 2, 1, hour).toISOString(),
    end: new Date(2026, 2, 1, hour + 1).toISOString(),
    values: { checks, failed: 0 },
  }));
}

describe('a small line', () => {
  const size = { width: 100, height: 20, inset: 0 };

  it('reaches from the bottom to the top over its whole width', () => {
    expect(drawRuns([0, 5, 10], size)).toEqual([{ line: 'M0,20L50,10L100,0', area: 'M0,20L0,20L50,10L100,0L100,20Z' }]);
  });

  it('breaks off where nothing is known and shows a value alone as a dot', () => {
    expect(drawRuns([4, null, null, 4, 4], size).map(({ line }) => line)).toEqual(['M0,0h0.01', 'M75,0L100,0']);
    expect(drawRuns([], size)).toEqual([]);
    expect(drawRuns([0, 0], size)[0]?.line).toBe('M0,20L100,20');
  });

  it('has a name for who does not see it', () => {
    render(<Sparkline values={[1, 2]} label="Checks over the last 7 days" />);
    expect(screen.getByRole('img', { name: 'Checks over the last 7 days' })).toBeInTheDocument();
  });
});

it('bars tell a failure from a change by height and by being hollow', () => {
  const { container } = render(<Beats beats={['calm', 'change', 'trouble', null]} label="Last hour" height={20} />);
  const [calm, change, trouble] = [...container.querySelectorAll('rect')];
  const tall = (bar: Element | undefined) => Number(bar?.getAttribute('height'));
  expect(tall(change)).toBeGreaterThan(tall(trouble));
  expect(tall(trouble)).toBeGreaterThan(tall(calm));
  expect(trouble).toHaveAttribute('fill', 'none');
});

describe('a chart', () => {
  it('writes moments as its range needs', () => {
    const day = makePoints([1, 2, 3]);
    expect(chooseTicks(day, 'en-GB')(day[1]?.start ?? '')).toBe('01:00');
    const year = [{ ...makePoints([1])[0], end: new Date(2027, 2, 1).toISOString() } as PlotPoint];
    expect(chooseTicks(year, 'en-GB')(day[0]?.start ?? '')).toBe('Mar 2026');
    expect(describeSpan(day[0] as PlotPoint, 'en-GB')).toMatch(/1 Mar, 00:00.01:00/);
    const whole = { ...(day[0] as PlotPoint), end: new Date(2026, 2, 2).toISOString() };
    expect(describeSpan(whole, 'en-GB')).toBe('1 Mar 2026');
  });

  it('says so where there is nothing to draw', () => {
    expect(hasAnything(makePoints([0, null]), SERIES)).toBe(false);
    render(
      <MantineProvider>
        <TimeChart title="Checks" points={makePoints([0, null])} series={SERIES} nothing="No checks in this time." />
      </MantineProvider>,
    );
    expect(screen.getByText('No checks in this time.')).toBeInTheDocument();
  });

  it('can be read as a table, newest first, without empty spans', async () => {
    render(
      <MantineProvider>
        <TimeChart title="Checks" points={makePoints([3, 0, 7])} series={SERIES} nothing="Nothing." />
      </MantineProvider>,
    );
    await userEvent.click(screen.getByRole('button', { name: 'As a table' }));
    const rows = screen.getAllByRole('row').slice(1);
    expect(rows.map((row) => row.children[1]?.textContent)).toEqual(['7', '3']);
  });
});

describe('ranges', () => {
  it('begin at a full minute, so that asking again soon is the same question', () => {
    const noon = Date.parse('2026-03-02T12:00:00Z');
    expect(sinceOf('24h', noon + 59_000)).toBe('2026-03-01T12:00:00.000Z');
    expect(hoursAgo(RANGES['7d'].hours, noon)).toBe('2026-02-23T12:00:00.000Z');
  });

  it('come from the API as points with their numbers apart', () => {
    const point = { start: '2026-03-01T12:00:00Z', end: '2026-03-01T13:00:00Z', checks: 3, failed: null };
    expect(toPoints({ points: [point] })).toEqual([
      { start: point.start, end: point.end, values: { checks: 3, failed: null } },
    ]);
  });
});
