import { address, HOME } from '@/shared/feature/addresses';

/** The first page. */
export const links = { home: address(HOME.to) };
