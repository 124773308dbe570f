import { Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronsUp, IconChevronUp } from '@tabler/icons-react';
import type { Notification } from '@/api';
import { Tag } from './Tag';

/** How severe something is, the same for every product. */
export type Severity = Notification['severity'];

const LOOKS = {
  high: { color: 'red', icon: IconChevronsUp, label: 'High' },
  medium: { color: 'orange', icon: IconChevronUp, label: 'Medium' },
  low: { color: 'blue', icon: IconChevronDown, label: 'Low' },
} as const satisfies Record<Severity, object>;

/** The severity in a word and an icon; the score that it follows from where there is one. */
export function SeverityBadge({ severity, score }: { severity: Severity; score?: number }) {
  const { color, icon, label } = LOOKS[severity];
  return (
    <Tooltip label={`Score ${score?.toFixed(2)} of 1`} disabled={score === undefined}>
      <span style={{ flex: 'none' }}>
        <Tag color={color} icon={icon}>
          {label}
        </Tag>
      </span>
    </Tooltip>
  );
}
