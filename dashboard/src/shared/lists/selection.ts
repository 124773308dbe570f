import { useState } from 'react';

/** Which rows of a list are selected. Rows that left the list are selected no more. */
export interface Selection<Row> {
  selected: Row[];
  /** How many rows there are to select. */
  total: number;
  isSelected: (row: Row) => boolean;
  toggle: (row: Row) => void;
  selectAll: () => void;
  clear: () => void;
}

/** Keep a selection among the rows that are shown. */
export function useSelection<Row extends { id: string }>(rows: readonly Row[]): Selection<Row> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  return {
    selected: rows.filter(({ id }) => ids.has(id)),
    total: rows.length,
    isSelected: ({ id }) => ids.has(id),
    toggle: ({ id }) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      setIds(next);
    },
    selectAll: () => setIds(new Set(rows.map(({ id }) => id))),
    clear: () => setIds(new Set()),
  };
}
