import type { InfiniteData } from '@tanstack/react-query';

/** How many rows a page of a list has. */
export const PAGE_SIZE = 50;

/** A page as the API sends it: most lists are bare, jobs come with a cursor. */
export type ListPage<Row> = Row[] | { items: Row[] };

/** Return the id of the last row of a full page, from which the API goes on; nothing after a short one. */
export function nextPage(page: readonly { id: string }[]): string | undefined {
  return page.length < PAGE_SIZE ? undefined : page.at(-1)?.id;
}

/** Return the rows of all pages that were loaded. */
export function listRows<Row>({ pages }: Pick<InfiniteData<ListPage<Row>>, 'pages'>): Row[] {
  return pages.flatMap((page) => (Array.isArray(page) ? page : page.items));
}

/** Whether nothing is in the list. */
export function hasNoRows(data: Pick<InfiniteData<ListPage<unknown>>, 'pages'>): boolean {
  return listRows(data).length === 0;
}
