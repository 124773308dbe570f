import { Badge } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export type TagColor = 'water' | 'red' | 'orange' | 'blue' | 'gray';

interface TagProps {
  color: TagColor;
  icon?: Icon;
  /** `sm` beside a text. */
  size?: 'sm' | 'md';
  children: ReactNode;
}

// Mantine's orange on its light orange has a contrast of 3.6; WCAG asks for 4.5.
const READABLE_ORANGE = { '--badge-color': 'light-dark(#94390a, #ffc078)' };

/** A state in a word, with an icon of its own where it has one. */
export function Tag({ color, icon: Picture, size = 'md', children }: TagProps) {
  return (
    <Badge
      component="span"
      size={size}
      variant={color === 'gray' ? 'default' : 'light'}
      color={color}
      radius="sm"
      tt="none"
      fw={600}
      leftSection={Picture && <Picture size={12} stroke={2.3} aria-hidden />}
      style={color === 'orange' ? READABLE_ORANGE : undefined}
      styles={{ root: { flex: 'none' } }}
    >
      {children}
    </Badge>
  );
}
