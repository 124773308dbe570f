import { Text } from '@mantine/core';
import type { Attempt } from '@/api';
import { formatAbsolute } from '../time';
import { STATUSES } from './deliveries';

/** Each attempt of a delivery: how it ended, how long it took, and what the other side said. */
export function Attempts({ attempts, ...list }: { attempts: Attempt[]; id?: string; className?: string }) {
  return (
    <ol aria-label="Attempts" {...list}>
      {attempts.map((attempt) => (
        <li key={attempt.number}>
          <Text size="sm">
            {attempt.number}. {STATUSES[attempt.outcome as keyof typeof STATUSES]?.label ?? attempt.outcome}
            {attempt.status_code && ` (${attempt.status_code})`} after {attempt.milliseconds} ms ·{' '}
            <Text span c="dimmed">
              {formatAbsolute(attempt.at)}
            </Text>
          </Text>
          {attempt.response && (
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {attempt.response}
            </Text>
          )}
        </li>
      ))}
    </ol>
  );
}
