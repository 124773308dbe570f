import { useNavigate } from '@tanstack/react-router';

/** Give what puts filters or a tab into the page's address, without a step of its own in the history. */
export function useSetSearch<Search extends object>(): (search: Search) => void {
  const navigate = useNavigate();
  // The routes of features are put together at run time, so the router's types know none of their parameters.
  return (search) => void navigate({ to: '.', search: search as never, replace: true });
}
