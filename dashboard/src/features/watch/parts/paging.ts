/** How many rows a page of a list has. */
export const PAGE = 50;

/** Give the last id of a full page, from which the API goes on; nothing after a short one. */
export function nextPage(page: readonly { id: string }[]): string | undefined {
  return page.length < PAGE ? undefined : page.at(-1)?.id;
}
