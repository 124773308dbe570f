import { Badge } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface TagProps {
  colour: 'water' | 'red' | 'orange' | 'blue' | 'gray';
  icon?: Icon;
  children: ReactNode;
}

// Mantine's orange on its light orange has a contrast of 3.6; WCAG asks for 4.5.
const READABLE_ORANGE = { '--badge-color': 'light-dark(#94390a, #ffc078)' };

/** A state in a word, with a sign of its own. */
export function Tag({ colour, icon: Sign, children }: TagProps) {
  return (
    <Badge
      variant={colour === 'gray' ? 'default' : 'light'}
      color={colour}
      radius="sm"
      tt="none"
      fw={600}
      leftSection={Sign && <Sign size={12} stroke={2.3} aria-hidden />}
      style={colour === 'orange' ? READABLE_ORANGE : undefined}
      styles={{ root: { flex: 'none' } }}
    >
      {children}
    </Badge>
  );
}
