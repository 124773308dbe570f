import { useNavigate } from '@tanstack/react-router';

/** Return what puts filters or a tab into the page's address, without a step of its own in the history. */
export function useSetSearch<Search extends object>(): (search: Search) => void {
  const navigate = useNavigate();
  // Routes are put together from the list of features, so the router's types know none of their search parameters.
  return (search) => void navigate({ to: '.', search: search as never, replace: true });
}
