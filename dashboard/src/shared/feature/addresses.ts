import { defaultParseSearch, getRouteApi } from '@tanstack/react-router';

/** Where a link leads, as `<Link {...target}>` and `navigate(target)` take it. */
export interface LinkTarget {
  /** The pattern of the path. */
  to: string;
  // Routes are put together from the list of features, so the router's types know none of their parameters; `address`
  // checks them instead.
  params?: never;
  search?: never;
}

type ParameterNames<Path extends string> = Path extends `${string}$${infer Name}/${infer Rest}`
  ? Name | ParameterNames<`/${Rest}`>
  : Path extends `${string}$${infer Name}`
    ? Name
    : never;

type PathParameters<Path extends string> = { [Name in ParameterNames<Path>]: string };

type LinkArguments<Path extends string, Search> = [ParameterNames<Path>] extends [never]
  ? [search?: Search]
  : [parameters: PathParameters<Path>, search?: Search];

type SearchReader<Search> = (search: Record<string, unknown>) => Search;

/** The address of a page: call it for a link, declare the route with it, read it in the page. */
export interface Address<Path extends string, Search> {
  (...given: LinkArguments<Path, Search>): LinkTarget;
  path: Path;
  readSearch?: SearchReader<Search>;
  /** The parameters of the path, in the page itself. */
  useParams: () => PathParameters<Path>;
  /** What `readSearch` made of the search parameters, in the page itself. */
  useSearch: () => Search;
}

/** The id of the route that every page of somebody who is signed in is below. */
export const SIGNED_IN = 'signed-in';

/**
 * Declare the address of a page, such as `address('/rivers/$riverId', readRiverSearch)`. Every route and every link is
 * made from one, so what is to stand before all paths is added here alone.
 */
export function address<const Path extends string, Search extends object = Record<never, never>>(
  path: Path,
  readSearch?: SearchReader<Search>,
): Address<Path, Search> {
  const makeTarget = (...given: unknown[]): LinkTarget => {
    const [params, search] = path.includes('$') ? given : [undefined, given[0]];
    return { to: path, ...(params !== undefined && { params }), ...(search !== undefined && { search }) } as LinkTarget;
  };
  const route = getRouteApi(`/${SIGNED_IN}${path}`);
  return Object.assign(makeTarget, {
    path,
    readSearch,
    useParams: () => route.useParams() as PathParameters<Path>,
    useSearch: () => route.useSearch() as Search,
  });
}

/** Read a path that the server sent, with its search parameters: `/jobs?state=failed`. */
export function readTarget(href: string): LinkTarget {
  const [path = '/', search = ''] = href.split('?');
  return { to: path, search: defaultParseSearch(search) as never };
}

/** The first page, where one goes when there is nowhere else to go. */
export const HOME: LinkTarget = { to: '/' };
