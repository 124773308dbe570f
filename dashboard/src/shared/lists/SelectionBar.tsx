import { Checkbox, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Selection } from './selection';

interface SelectionBarProps<Row> {
  selection: Selection<Row>;
  /** Buttons that act on what is selected. */
  actions: ReactNode;
  /** Buttons that act on the whole list, shown while nothing is selected. */
  idle?: ReactNode;
  /** Stands at the right. */
  aside?: ReactNode;
}

/** Selects all rows of a list, and offers what can be done to those that are selected. */
export function SelectionBar<Row>({ selection, actions, idle, aside }: SelectionBarProps<Row>) {
  const count = selection.selected.length;
  return (
    <Group justify="space-between" mih={30}>
      <Group gap="xs">
        <Checkbox
          label={count > 0 ? `${count} selected` : 'Select all'}
          checked={count > 0 && count === selection.total}
          indeterminate={count > 0 && count < selection.total}
          onChange={(event) => (event.currentTarget.checked ? selection.selectAll() : selection.clear())}
          mr="xs"
        />
        {count > 0 ? actions : idle}
      </Group>
      {aside}
    </Group>
  );
}
