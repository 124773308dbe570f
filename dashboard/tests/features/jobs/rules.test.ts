import { describe, expect, it } from 'vitest';
import type { TrackedJob } from '@/api';
import { type JobPages, patchPages } from '@/features/jobs/patching';
import { countAttempts, formatTaken, nameKind, percentDone, readJobSearch } from '@/features/jobs/states';
import type { Change } from '@/shared/live';
import { makeJob } from './jobs';

const pagesOf = (...jobs: TrackedJob[]): JobPages => ({
  pages: [{ items: jobs, next_cursor: null }],
  pageParams: [{}],
});
const idsOf = ({ pages }: JobPages): string[] => pages.flatMap(({ items }) => items.map(({ id }) => id));
const change = (eventType: string, row: Partial<TrackedJob>): Change =>
  (eventType === 'DELETE' ? { eventType, old: row, new: {} } : { eventType, new: row, old: {} }) as unknown as Change;

describe('patchPages', () => {
  it('moves the progress of a job that is shown', () => {
    const patched = patchPages(pagesOf(makeJob()), change('UPDATE', makeJob({ progress_done: 3 })), {});
    expect(patched.pages[0]?.items[0]?.progress_done).toBe(3);
  });

  it('lets a job go that the filter no longer names', () => {
    const patched = patchPages(pagesOf(makeJob()), change('UPDATE', makeJob({ state: 'succeeded' })), {
      state: 'running',
    });
    expect(idsOf(patched)).toEqual([]);
  });

  it('puts a new job at the top, and none of another kind', () => {
    const newer = makeJob({ id: '0195-0009' });
    expect(idsOf(patchPages(pagesOf(makeJob()), change('INSERT', newer), {}))).toEqual(['0195-0009', '0195-0005']);
    expect(idsOf(patchPages(pagesOf(makeJob()), change('INSERT', newer), { kind: 'watch.discover' }))).toEqual([
      '0195-0005',
    ]);
  });

  it('leaves an older job to the page that it belongs to', () => {
    const older = makeJob({ id: '0195-0001' });
    expect(idsOf(patchPages(pagesOf(makeJob()), change('UPDATE', older), {}))).toEqual(['0195-0005']);
  });

  it('drops what was deleted', () => {
    expect(idsOf(patchPages(pagesOf(makeJob()), change('DELETE', { id: '0195-0005' }), {}))).toEqual([]);
  });
});

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
