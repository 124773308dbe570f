import { Group, List, Paper, Text, Title } from '@mantine/core';
import type { ReadableDiff } from '@/api';
import '@/shared/plots/plots.css';
import { SeverityBadge } from '@/shared/badges/SeverityBadge';
import classes from './change.module.css';
import { explainScore } from './score';

/** How much a change matters, where that stands between the source's thresholds, and why. */
export function ScoreCard({ diff }: { diff: ReadableDiff }) {
  const { score, severity, thresholds, reasons } = diff;
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label="Score">
      <Group justify="space-between">
        <Title order={2} size="h5">
          Why it matters
        </Title>
        <SeverityBadge severity={severity} />
      </Group>
      <Group align="baseline" gap={6} mt={6}>
        <Text fz={28} fw={650} lh={1} style={{ fontVariantNumeric: 'tabular-nums' }}>
          {score.toFixed(2)}
        </Text>
        <Text size="sm" c="dimmed">
          of 1
        </Text>
      </Group>
      <div
        className={classes.ruler}
        role="img"
        aria-label={`Score ${score.toFixed(2)}; an alert from ${thresholds.alert}, medium from ${thresholds.medium}, high from ${thresholds.high}`}
      >
        <div className={classes.fill} data-severity={severity} style={{ width: `${Math.round(score * 100)}%` }} />
        <Mark at={thresholds.alert} label="alert" />
        <Mark at={thresholds.medium} label="medium" />
        <Mark at={thresholds.high} label="high" />
      </div>
      <List size="sm" spacing={3}>
        {[...new Set(reasons)].map((reason) => (
          <List.Item key={reason}>{reason.charAt(0).toUpperCase() + reason.slice(1)}</List.Item>
        ))}
      </List>
      <Text size="xs" c="dimmed" mt="sm">
        {explainScore(diff)}
      </Text>
    </Paper>
  );
}

function Mark({ at, label }: { at: number; label: string }) {
  return (
    <div className={classes.mark} style={{ left: `${at * 100}%` }} aria-hidden="true">
      <span>{label}</span>
    </div>
  );
}
