import { Button } from '@mantine/core';
import { screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { forEachConcurrently } from '@/shared/lists/concurrency';
import { FilterChip } from '@/shared/lists/FilterChip';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, nextPage, PAGE_SIZE } from '@/shared/lists/paging';
import { SearchBox } from '@/shared/lists/SearchBox';
import { SelectionBar } from '@/shared/lists/SelectionBar';
import { useSelection } from '@/shared/lists/selection';
import { draw } from '../fixtures/drawing';

describe('paging', () => {
  it('goes on from the last row of a full page only', () => {
    const page = Array.from({ length: PAGE_SIZE }, (_, place) => ({ id: `${place}` }));
    expect(nextPage(page)).toBe(`${PAGE_SIZE - 1}`);
    expect(nextPage(page.slice(1))).toBeUndefined();
  });

  it('reads bare pages and those with a cursor', () => {
    const data = { pages: [[{ id: '2' }], { items: [{ id: '1' }] }] };
    expect(listRows(data).map(({ id }) => id)).toEqual(['2', '1']);
    expect(hasNoRows(data)).toBe(false);
    expect(hasNoRows({ pages: [[], { items: [] }] })).toBe(true);
  });

  it('offers more while there is more', async () => {
    const fetchNextPage = vi.fn();
    const pages = { hasNextPage: true, isFetchingNextPage: false, fetchNextPage };
    const { user, unmount } = draw(<MoreButton pages={pages} what="fish" />);
    await user.click(screen.getByRole('button', { name: 'Show more fish' }));
    expect(fetchNextPage).toHaveBeenCalledOnce();
    unmount();
    draw(<MoreButton pages={{ ...pages, hasNextPage: false }} what="fish" />);
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });
});

describe('forEachConcurrently', () => {
  it('runs a few at once and returns which failed', async () => {
    let running = 0;
    let most = 0;
    const { failed, error } = await forEachConcurrently(
      Array.from({ length: 20 }, (_, number) => number),
      async (number) => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
        if (number % 7 === 3) throw new Error(`not ${number}`);
      },
    );
    expect(failed).toEqual([3, 10, 17]);
    expect(error).toEqual(new Error('not 3'));
    expect(most).toBeLessThanOrEqual(6);
  });
});

const FISH = [{ id: 'trout' }, { id: 'pike' }];

function Basket({ onCook }: { onCook: (ids: string[]) => void }) {
  const [fish, setFish] = useState(FISH);
  const selection = useSelection(fish);
  return (
    <>
      <SelectionBar
        selection={selection}
        actions={<Button onClick={() => onCook(selection.selected.map(({ id }) => id))}>Cook</Button>}
        idle={<Button>Cook all</Button>}
      />
      {fish.map((one) => (
        <input
          key={one.id}
          type="checkbox"
          aria-label={one.id}
          checked={selection.isSelected(one)}
          onChange={() => selection.toggle(one)}
        />
      ))}
      <Button onClick={() => setFish(FISH.slice(0, 1))}>Let the pike go</Button>
      <Button onClick={() => setFish([])}>Let all go</Button>
    </>
  );
}

describe('a selection', () => {
  it('holds rows one by one and all at once', async () => {
    const cook = vi.fn();
    const { user } = draw(<Basket onCook={cook} />);
    expect(screen.getByRole('button', { name: 'Cook all' })).toBeInTheDocument();
    await user.click(screen.getByRole('checkbox', { name: 'pike' }));
    expect(screen.queryByRole('button', { name: 'Cook all' })).not.toBeInTheDocument();
    expect(screen.getByRole('checkbox', { name: '1 selected' })).toBePartiallyChecked();
    await user.click(screen.getByRole('checkbox', { name: '1 selected' }));
    await user.click(screen.getByRole('button', { name: 'Cook' }));
    expect(cook).toHaveBeenLastCalledWith(['trout', 'pike']);
    await user.click(screen.getByRole('checkbox', { name: '2 selected' }));
    expect(screen.getByRole('checkbox', { name: 'Select all' })).not.toBeChecked();
  });

  it('lets go of rows that left the list', async () => {
    const cook = vi.fn();
    const { user } = draw(<Basket onCook={cook} />);
    await user.click(screen.getByRole('checkbox', { name: 'Select all' }));
    await user.click(screen.getByRole('button', { name: 'Let the pike go' }));
    await user.click(screen.getByRole('button', { name: 'Cook' }));
    expect(cook).toHaveBeenLastCalledWith(['trout']);
    await user.click(screen.getByRole('button', { name: 'Let all go' }));
    expect(screen.getByRole('checkbox', { name: 'Select all' })).not.toBeChecked();
  });
});

describe('filters', () => {
  it('show what a list is narrowed to, and a button that clears it', async () => {
    const clear = vi.fn();
    const { user } = draw(
      <FilterChip clearLabel="Show fish of every river" onClear={clear}>
        Elbe
      </FilterChip>,
    );
    expect(screen.getByText('Elbe')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Show fish of every river' }));
    expect(clear).toHaveBeenCalledOnce();
  });

  it('search a moment after the last key, once, without spaces around it', async () => {
    const search = vi.fn();
    const { user } = draw(<SearchBox label="Search by name" value="eel" onSearch={search} />);
    const field = screen.getByRole('textbox', { name: 'Search by name' });
    expect(field).toHaveValue('eel');
    await user.clear(field);
    await user.type(field, ' trout ');
    await waitFor(() => expect(search).toHaveBeenLastCalledWith('trout'));
    expect(search).not.toHaveBeenCalledWith('tro');
    await user.click(screen.getByRole('button', { name: 'Clear the search' }));
    await waitFor(() => expect(search).toHaveBeenLastCalledWith(undefined));
  });
});
