import { CloseButton, Group, Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface FilterChipProps {
  /** What the list is narrowed to. */
  children: ReactNode;
  /** What the button that clears it says, such as "Show alerts of every source". */
  clearLabel: string;
  onClear: () => void;
}

/** A filter that came with the address, and a button that clears it. */
export function FilterChip({ children, clearLabel, onClear }: FilterChipProps) {
  return (
    <Paper withBorder radius="md" pl="sm" pr={4} py={3}>
      <Group gap={4} wrap="nowrap">
        <Text size="sm" truncate maw={320}>
          {children}
        </Text>
        <CloseButton size="sm" aria-label={clearLabel} onClick={onClear} />
      </Group>
    </Paper>
  );
}
