import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import type { Change } from '../live';
import type { ListPage } from './paging';

interface Identified {
  id: string;
}

type Pages<Row> = InfiniteData<ListPage<Row>>;
type Cached<Row> = Row | Row[] | Pages<Row>;

/** Apply `patch` to a row wherever the cache holds it under `queryKey`: alone, in a list, or in pages of one. */
export function patchRows<Row extends Identified>(
  queries: QueryClient,
  queryKey: QueryKey,
  patch: (row: Row) => Row,
): void {
  queries.setQueriesData<Cached<Row>>({ queryKey }, (data) => {
    if (!data) return data;
    if (Array.isArray(data)) return data.map(patch);
    return 'pages' in data ? mapPages(data, patch) : patch(data as Row);
  });
}

/**
 * Put a change of a live table into pages that are shown newest first, so that nothing need be asked for again. Returns
 * the same pages when the change is none of theirs.
 *
 * `belongs` says whether a row fits the list's filters.
 */
export function applyChange<Row extends Identified, Data extends Pages<Row>>(
  data: Data,
  change: Change,
  belongs: (row: Row) => boolean,
): Data {
  if (change.eventType === 'DELETE') {
    const { id } = change.old as Partial<Identified>;
    return mapPages<Row, Data>(data, (row) => (row.id === id ? null : row));
  }
  const row = change.new as unknown as Row;
  const isShown = data.pages.some((page) => rowsOf(page).some(({ id }) => id === row.id));
  if (isShown) {
    return mapPages<Row, Data>(data, (old) => {
      if (old.id !== row.id) return old;
      return belongs(row) ? { ...old, ...row } : null;
    });
  }
  return belongs(row) && isNewest(data, row) ? prepend(data, row) : data;
}

function mapPages<Row, Data extends Pages<Row>>(data: Data, change: (row: Row) => Row | null): Data {
  return { ...data, pages: data.pages.map((page) => withRows(page, mapRows(rowsOf(page), change))) };
}

function mapRows<Row>(rows: Row[], change: (row: Row) => Row | null): Row[] {
  return rows.map(change).filter((row) => row !== null);
}

// Ids are made in the order of time, so the newest is the greatest; an older one belongs further down.
function isNewest<Row extends Identified>({ pages }: Pages<Row>, row: Row): boolean {
  const first = pages[0] && rowsOf(pages[0])[0];
  return !first || row.id > first.id;
}

function prepend<Row, Data extends Pages<Row>>(data: Data, row: Row): Data {
  const [first, ...rest] = data.pages;
  if (!first) return data;
  return { ...data, pages: [withRows(first, [row, ...rowsOf(first)]), ...rest] };
}

function rowsOf<Row>(page: ListPage<Row>): Row[] {
  return Array.isArray(page) ? page : page.items;
}

function withRows<Row>(page: ListPage<Row>, rows: Row[]): ListPage<Row> {
  return Array.isArray(page) ? rows : { ...page, items: rows };
}
