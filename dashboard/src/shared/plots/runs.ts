/** A stretch of values without a gap, as the paths of an SVG. */
export interface Run {
  line: string;
  area: string;
}

/** Draw values from the left to the right, from 0 at the bottom to the highest at the top; a null parts two runs. */
export function drawRuns(
  values: readonly (number | null)[],
  { width, height, inset }: { width: number; height: number; inset: number },
): Run[] {
  const top = Math.max(0, ...values.map((value) => value ?? 0));
  const step = values.length > 1 ? (width - 2 * inset) / (values.length - 1) : 0;
  const bottom = height - inset;
  const runs: [number, number][][] = [];
  let current: [number, number][] = [];
  values.forEach((value, place) => {
    if (value === null) {
      current = [];
      return;
    }
    if (current.length === 0) runs.push(current);
    current.push([inset + place * step, bottom - (top > 0 ? (value / top) * (height - 2 * inset) : 0)]);
  });
  return runs.map((run) => {
    const path = run.map(([x, y]) => `${round(x)},${round(y)}`).join('L');
    const [first, last] = [run[0]?.[0] ?? 0, run.at(-1)?.[0] ?? 0];
    // A run of a single value is a dot: a line of no length with round ends.
    const line = run.length === 1 ? `M${path}h0.01` : `M${path}`;
    return { line, area: `M${round(first)},${round(bottom)}L${path}L${round(last)},${round(bottom)}Z` };
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
