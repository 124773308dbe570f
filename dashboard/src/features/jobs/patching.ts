import type { InfiniteData } from '@tanstack/react-query';
import type { JobPage, TrackedJob } from '@/api';
import type { Change } from '@/shared/live';
import { type JobSearch, matches } from './states';

export type JobPages = InfiniteData<JobPage>;

/**
 * Put a change of `public.jobs` into the pages that are shown, so that progress moves without asking anew. Gives the
 * same pages when the change is none of theirs.
 */
export function patchPages(pages: JobPages, change: Change, search: JobSearch): JobPages {
  if (change.eventType === 'DELETE') {
    return replace(pages, (job) => (job.id === (change.old as { id?: string }).id ? null : job));
  }
  const row = change.new as unknown as TrackedJob;
  const isKnown = pages.pages.some(({ items }) => items.some(({ id }) => id === row.id));
  if (isKnown)
    return replace(pages, (job) => (job.id === row.id ? (matches(row, search) ? { ...job, ...row } : null) : job));
  return matches(row, search) && isNewest(pages, row) ? prepend(pages, row) : pages;
}

function replace(pages: JobPages, change: (job: TrackedJob) => TrackedJob | null): JobPages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, items: page.items.map(change).filter((job) => job !== null) })),
  };
}

// Ids are made in the order of time, so the newest is the greatest; an older one belongs further down.
function isNewest(pages: JobPages, row: TrackedJob): boolean {
  const first = pages.pages[0]?.items[0];
  return !first || row.id > first.id;
}

function prepend(pages: JobPages, row: TrackedJob): JobPages {
  const [first, ...rest] = pages.pages;
  if (!first) return pages;
  return { ...pages, pages: [{ ...first, items: [row, ...first.items] }, ...rest] };
}
