import type { MonitorableUrl, Source } from '@/api';
import { isSamePage } from '@/shared/urls';

/** A source that was found, and what becomes of it. */
export interface Choice {
  found: MonitorableUrl;
  state: 'picked' | 'left' | 'watched';
  /** The source that watches it already. */
  source?: Source;
}

/** Say of each source that was found whether it is picked; what is watched already can't be picked. */
export function listChoices(
  found: readonly MonitorableUrl[],
  sources: readonly Source[],
  left: ReadonlySet<string>,
): Choice[] {
  return found.map((one) => {
    const source = sources.find(({ url }) => isSamePage(url, one.url));
    if (source) return { found: one, state: 'watched', source };
    return { found: one, state: left.has(one.url) ? 'left' : 'picked' };
  });
}
