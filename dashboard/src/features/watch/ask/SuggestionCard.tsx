import { Anchor, Checkbox, Group, Paper, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Tag } from '@/shared/badges/Tag';
import { ExternalLink } from '@/shared/page/ExternalLink';
import { links } from '../links';
import { KindIcon, nameSourceKind } from '../parts/KindIcon';
import { NextCheck } from '../parts/NextCheck';
import { SourceState } from '../parts/SourceState';
import classes from './ask.module.css';
import type { Choice } from './choices';

/** One source that was found: what it is, why it is worth watching, and whether to keep it. */
export function SuggestionCard({ choice, onToggle }: { choice: Choice; onToggle?: () => void }) {
  const { found, state, source } = choice;
  return (
    <Paper component="li" withBorder radius="lg" p="md" className={classes.card} data-state={state}>
      <Group wrap="nowrap" align="flex-start" gap="md">
        {onToggle && (
          <Checkbox mt={8} checked={state === 'picked'} onChange={onToggle} aria-label={`Watch ${found.title}`} />
        )}
        <KindIcon kind={found.kind} />
        <div style={{ minWidth: 0, flex: 1 }}>
          <Group gap="xs" wrap="nowrap" justify="space-between" align="flex-start">
            <Text fw={600} size="md" style={{ overflowWrap: 'anywhere' }}>
              {found.title}
            </Text>
            {source ? <SourceState source={source} /> : <Tag color="gray">{nameSourceKind(found.kind)}</Tag>}
          </Group>
          <ExternalLink url={found.url} size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }} />
          <Text size="sm" mt={6}>
            {found.reason}
          </Text>
          {source && (
            <Text size="xs" c="dimmed" mt={4}>
              <Anchor component={Link} {...links.source({ sourceId: source.id })} size="xs" underline="always">
                Open the source
              </Anchor>{' '}
              · next check <NextCheck source={source} />
            </Text>
          )}
        </div>
      </Group>
    </Paper>
  );
}
