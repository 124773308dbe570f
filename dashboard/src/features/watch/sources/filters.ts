/** What the list of sources shows. */
export interface SourceFilters {
  status?: 'active' | 'paused' | 'error';
  search?: string;
  query?: string;
  dialog?: 'add' | 'import';
}

const STATUSES = ['active', 'paused', 'error'] as const;

/** Read the filters of an address; what makes no sense is left out. */
export function readSourceFilters(search: Record<string, unknown>): SourceFilters {
  const { dialog, query } = search;
  const text = search.search === undefined ? '' : String(search.search).slice(0, 200);
  return {
    status: STATUSES.find((status) => status === search.status),
    search: text || undefined,
    query: typeof query === 'string' && query ? query : undefined,
    dialog: dialog === 'add' || dialog === 'import' ? dialog : undefined,
  };
}
