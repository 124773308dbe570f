import { PATHS } from './paths';

/** Why a link from an e-mail did not work, as Auth tells in the address that it sends the browser to. */
export interface LinkFailure {
  code: string;
  message: string;
}

let failure: LinkFailure | null = null;

/** Read why a link did not work from the page's address, once, and clear the address. */
export function noteLinkFailure(location: Location = window.location): void {
  const told = new URLSearchParams(location.hash.startsWith('#') ? location.hash.slice(1) : location.search);
  if (!told.has('error') && !told.has('error_code')) return;
  failure = { code: told.get('error_code') ?? told.get('error') ?? '', message: told.get('error_description') ?? '' };
  window.history.replaceState(null, '', location.pathname);
}

/** Return why the link that led here did not work; null where it did. */
export function readLinkFailure(): LinkFailure | null {
  return failure;
}

/** Return the path to go on to after signing in: only ever one of this dashboard. */
export function readWayBack(back: string | undefined): string {
  const isOurs = back !== undefined && /^\/(?![/\\])/.test(back);
  const isSignIn = [PATHS.signIn, PATHS.signUp].some((path) => back?.startsWith(path));
  return isOurs && !isSignIn ? back : '/';
}

/** Return the address that a link in an e-mail leads to. */
export function makeReturnAddress(path: string): string {
  return `${window.location.origin}${path}`;
}
