import { type InfiniteData, QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { applyChange, patchRows } from '@/shared/lists/patching';
import type { Change } from '@/shared/live';

interface Fish {
  id: string;
  name: string;
}
type Pages = InfiniteData<Fish[] | { items: Fish[]; next_cursor: string | null }>;

const TROUT: Fish = { id: '0195-0005', name: 'trout' };
const change = (eventType: string, row: Partial<Fish>): Change =>
  (eventType === 'DELETE' ? { eventType, old: row, new: {} } : { eventType, new: row, old: {} }) as unknown as Change;

describe.each<[string, (...fish: Fish[]) => Pages, (pages: Pages) => Fish[]]>([
  [
    'bare pages',
    (...fish) => ({ pages: [fish], pageParams: [{}] }),
    ({ pages }) => pages.flatMap((page) => page as Fish[]),
  ],
  [
    'pages with a cursor',
    (...fish) => ({ pages: [{ items: fish, next_cursor: 'next' }], pageParams: [{}] }),
    ({ pages }) => pages.flatMap((page) => (page as { items: Fish[] }).items),
  ],
])('applyChange to %s', (_, pagesOf, read) => {
  const all = () => true;

  it('changes a row that is shown, and keeps the rest of its page', () => {
    const before = pagesOf(TROUT);
    const after = applyChange(before, change('UPDATE', { id: TROUT.id, name: 'brown trout' }), all);
    expect(read(after)).toEqual([{ id: TROUT.id, name: 'brown trout' }]);
    expect({ ...after.pages[0], items: [] }).toMatchObject(
      Array.isArray(before.pages[0]) ? {} : { next_cursor: 'next' },
    );
  });

  it('drops a row that the filters no longer name, and one that was deleted', () => {
    const isTrout = ({ name }: Fish) => name === 'trout';
    expect(read(applyChange(pagesOf(TROUT), change('UPDATE', { ...TROUT, name: 'perch' }), isTrout))).toEqual([]);
    expect(read(applyChange(pagesOf(TROUT), change('DELETE', { id: TROUT.id }), all))).toEqual([]);
  });

  it('puts a new row at the top, and none that the filters leave out', () => {
    const pike = { id: '0195-0009', name: 'pike' };
    expect(read(applyChange(pagesOf(TROUT), change('INSERT', pike), all))).toEqual([pike, TROUT]);
    expect(read(applyChange(pagesOf(TROUT), change('INSERT', pike), () => false))).toEqual([TROUT]);
  });

  it('leaves an older row to the page that it belongs to', () => {
    const before = pagesOf(TROUT);
    expect(applyChange(before, change('UPDATE', { id: '0195-0001', name: 'eel' }), all)).toBe(before);
  });
});

describe('patchRows', () => {
  it('patches a row alone, in lists and in pages, under every key that begins so', () => {
    const queries = new QueryClient();
    queries.setQueryData(['fish', 'list'], [TROUT, { id: '2', name: 'pike' }]);
    queries.setQueryData(['fish', 'pages'], { pages: [[TROUT]], pageParams: [{}] });
    queries.setQueryData(['fish', 'one'], TROUT);
    queries.setQueryData(['birds'], [TROUT]);
    patchRows<Fish>(queries, ['fish'], (row) => (row.id === TROUT.id ? { ...row, name: 'brown trout' } : row));
    const brown = { ...TROUT, name: 'brown trout' };
    expect(queries.getQueryData(['fish', 'list'])).toEqual([brown, { id: '2', name: 'pike' }]);
    expect(queries.getQueryData(['fish', 'pages'])).toMatchObject({ pages: [[brown]] });
    expect(queries.getQueryData(['fish', 'one'])).toEqual(brown);
    expect(queries.getQueryData(['birds'])).toEqual([TROUT]);
  });
});
