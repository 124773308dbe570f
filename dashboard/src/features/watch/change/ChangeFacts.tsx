import { Anchor, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Alert, ReadableDiff } from '@/api';
import { ExternalLink } from '@/shared/page/ExternalLink';
import { formatMoment } from '@/shared/time';
import { links } from '../links';
import { describeCounts } from './counts';

/** When it was, how much of it there is, and where to read both versions. */
export function ChangeFacts({ diff, alert }: { diff: ReadableDiff; alert: Alert }) {
  const snapshot = (version: ReadableDiff['before'], label: string) =>
    version && (
      <Anchor component={Link} size="sm" {...links.version({ sourceId: diff.source_id, versionId: version.id })}>
        {label}
      </Anchor>
    );
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label="Facts">
      <Title order={2} size="h5" mb="xs">
        The page
      </Title>
      <Stack gap={6}>
        <Fact name="Last seen as before">{diff.seen_before_at ? formatMoment(diff.seen_before_at) : 'not known'}</Fact>
        <Fact name="Seen changed">{formatMoment(diff.seen_after_at)}</Fact>
        <Fact name="Differences">{describeCounts(diff.counts)}</Fact>
        <Fact name="Stored texts">
          {snapshot(diff.before, 'before')}
          {diff.before && diff.after && ' · '}
          {snapshot(diff.after, 'after')}
          {!diff.is_complete && ' one is no longer kept'}
        </Fact>
        <Fact name="Now">
          <ExternalLink url={alert.source_url} size="sm">
            Open the page
          </ExternalLink>
        </Fact>
        <Fact name="Source">
          <Anchor component={Link} size="sm" {...links.source({ sourceId: diff.source_id })}>
            {diff.source_name}
          </Anchor>
        </Fact>
      </Stack>
    </Paper>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div style={{ display: 'grid', gridTemplateColumns: '124px minmax(0, 1fr)', gap: 8 }}>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </div>
  );
}
