/** Return an address as people read it: without the scheme, `www.` and a slash at the end. */
export function shortenUrl(url: string): string {
  return url.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
}

/** Whether two addresses name one page, as far as can be told without asking. */
export function isSamePage(one: string, other: string): boolean {
  return shortenUrl(one).toLowerCase() === shortenUrl(other).toLowerCase();
}
