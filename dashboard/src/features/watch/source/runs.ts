import type { Check } from '@/api';

/** Checks in a row with the same outcome, told as one. */
export interface Run {
  newest: Check;
  oldest: Check;
  count: number;
}

const TOLD_TOGETHER = new Set(['unchanged', 'noise', 'error', 'unusable']);

/** Gather checks, newest first, that found the same nothing, or failed for the same reason. */
export function groupRuns(checks: readonly Check[]): Run[] {
  const runs: Run[] = [];
  for (const check of checks) {
    const last = runs.at(-1);
    const fits =
      last &&
      TOLD_TOGETHER.has(check.outcome) &&
      last.newest.outcome === check.outcome &&
      last.newest.reason === check.reason;
    if (fits) {
      last.oldest = check;
      last.count += 1;
    } else {
      runs.push({ newest: check, oldest: check, count: 1 });
    }
  }
  return runs;
}
