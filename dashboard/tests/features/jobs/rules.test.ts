import { describe, expect, it } from 'vitest';
import { countAttempts, formatTaken, matches, nameKind, percentDone, readJobSearch } from '@/features/jobs/states';
import { makeJob } from './jobs';

describe('what the address says', () => {
  it.each([
    [
      { state: 'failed', kind: 'watch.check' },
      { state: 'failed', kind: 'watch.check' },
    ],
    [{ state: 'nonsense', kind: 'Not a kind!' }, {}],
    [{ state: 7, kind: null }, {}],
  ])('reads %j', (given, read) => {
    expect(readJobSearch(given)).toEqual(read);
  });
});

describe('the filters', () => {
  it('say which jobs belong into the list', () => {
    expect(matches(makeJob(), {})).toBe(true);
    expect(matches(makeJob({ state: 'succeeded' }), { state: 'running' })).toBe(false);
    expect(matches(makeJob(), { kind: 'watch.discover' })).toBe(false);
  });
});

describe('words', () => {
  it('names kinds', () => {
    expect(nameKind('watch.check_now')).toBe('watch · check now');
  });

  it.each([
    [1, 4, 25],
    [9, 4, 100],
    [1, null, null],
    [0, 0, null],
  ])('%d of %s is %s %%', (progress_done, progress_total, percent) => {
    expect(percentDone({ progress_done, progress_total })).toBe(percent);
  });

  it('tells attempts once there was more than one, and the length once it is over', () => {
    expect(countAttempts(makeJob())).toBe('');
    expect(countAttempts(makeJob({ attempts: 2 }))).toBe('attempt 2 of 5');
    expect(formatTaken(makeJob())).toBe('');
    expect(formatTaken(makeJob({ finished_at: '2026-03-01T12:00:31Z' }))).toBe('took 30 sec');
  });
});
