import { Badge, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronsUp, IconChevronUp } from '@tabler/icons-react';
import type { Alert } from '@/api';

export type Severity = Alert['severity'];

const LOOKS = {
  high: { colour: 'red', icon: IconChevronsUp, label: 'High' },
  medium: { colour: 'orange', icon: IconChevronUp, label: 'Medium' },
  low: { colour: 'blue', icon: IconChevronDown, label: 'Low' },
} as const;

/** How much a change matters, in a word and a sign. */
export function SeverityBadge({ severity, score }: { severity: Severity; score?: number }) {
  const { colour, icon: Sign, label } = LOOKS[severity];
  const badge = (
    <Badge
      variant="light"
      color={colour}
      radius="sm"
      tt="none"
      fw={600}
      leftSection={<Sign size={13} stroke={2.4} aria-hidden />}
      styles={{ root: { flex: 'none' } }}
    >
      {label}
    </Badge>
  );
  if (score === undefined) return badge;
  return <Tooltip label={`Score ${score.toFixed(2)} of 1`}>{badge}</Tooltip>;
}
