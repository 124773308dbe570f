import { address } from '@/shared/feature/addresses';

/** The first page. */
export const links = { home: address('/') };
