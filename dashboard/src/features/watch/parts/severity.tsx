import { Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronsUp, IconChevronUp } from '@tabler/icons-react';
import type { Alert } from '@/api';
import { Tag } from './Tag';

export type Severity = Alert['severity'];

const LOOKS = {
  high: { colour: 'red', icon: IconChevronsUp, label: 'High' },
  medium: { colour: 'orange', icon: IconChevronUp, label: 'Medium' },
  low: { colour: 'blue', icon: IconChevronDown, label: 'Low' },
} as const;

/** How much a change matters, in a word and a sign. */
export function SeverityBadge({ severity, score }: { severity: Severity; score?: number }) {
  const { colour, icon, label } = LOOKS[severity];
  return (
    <Tooltip label={`Score ${score?.toFixed(2)} of 1`} disabled={score === undefined}>
      <span style={{ flex: 'none' }}>
        <Tag colour={colour} icon={icon}>
          {label}
        </Tag>
      </span>
    </Tooltip>
  );
}
