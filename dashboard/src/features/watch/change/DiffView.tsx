import { Button, Group, Kbd, Paper, SegmentedControl, Switch, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { ReadableDiff } from '@/api';
import { useKeys } from '@/shared/keyboard/useKeys';
import { recall, remember } from '@/shared/platform/storage';
import { DiffTable } from './DiffTable';
import { isChange, isShown } from './diffRows';
import { InlineDiff } from './InlineDiff';

export type DiffMode = 'split' | 'inline';

interface DiffViewProps {
  diff: ReadableDiff;
  /** Show more around each change. */
  onWiden?: () => void;
}

/** A change as people read it: side by side or in one column, stepped through with j and k. */
export function DiffView({ diff, onWiden }: DiffViewProps) {
  const isNarrow = useMediaQuery('(max-width: 52em)', false, { getInitialValueInEffect: false });
  const [chosen, setChosen] = useState(() => recall('diff-mode'));
  const [showsNoise, setShowsNoise] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const mode: DiffMode = chosen === 'split' || chosen === 'inline' ? chosen : isNarrow ? 'inline' : 'split';
  const rows = diff.rows.filter((row) => isShown(row, showsNoise));
  const noise = diff.rows.filter(({ kind }) => kind === 'noise').length;
  const changes = rows.filter(isChange).length;

  const choose = (wanted: string) => {
    setChosen(wanted);
    remember('diff-mode', wanted);
  };
  const step = (by: 1 | -1) => stepThrough(box.current, by);
  useKeys({ j: () => step(1), k: () => step(-1), v: () => choose(mode === 'split' ? 'inline' : 'split') });

  return (
    <Paper withBorder radius="lg" ref={box} component="section" aria-label="What changed" style={{ overflow: 'clip' }}>
      <Group
        justify="space-between"
        px="md"
        py="xs"
        gap="xs"
        style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
      >
        <Group gap="sm">
          <SegmentedControl
            size="xs"
            aria-label="How to show the change"
            value={mode}
            onChange={choose}
            data={[
              { value: 'split', label: 'Side by side' },
              { value: 'inline', label: 'Inline' },
            ]}
          />
          {noise > 0 && (
            <Switch
              size="xs"
              label={`Noise (${noise})`}
              checked={showsNoise}
              onChange={(event) => setShowsNoise(event.currentTarget.checked)}
            />
          )}
        </Group>
        <Group gap="xs">
          <Text size="xs" c="dimmed">
            {changes === 1 ? '1 change' : `${changes} changes`}
          </Text>
          <Button.Group>
            <Button size="compact-sm" variant="default" onClick={() => step(-1)} aria-label="Previous change (k)">
              <IconArrowUp size={15} />
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => step(1)} aria-label="Next change (j)">
              <IconArrowDown size={15} />
            </Button>
          </Button.Group>
          <Text size="xs" c="dimmed" visibleFrom="md" aria-hidden>
            <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd>
          </Text>
        </Group>
      </Group>
      {mode === 'split' ? (
        <DiffTable diff={diff} rows={rows} onWiden={onWiden} />
      ) : (
        <InlineDiff rows={rows} onWiden={onWiden} />
      )}
      {diff.left_out > 0 && (
        <Text size="sm" c="dimmed" px="md" py="sm">
          {diff.left_out} more changes are not shown: the page changed nearly everywhere.
        </Text>
      )}
    </Paper>
  );
}

/** Move the focus to the next or the previous change, and bring it into view. */
function stepThrough(box: HTMLElement | null, by: 1 | -1): void {
  const stops = [...(box?.querySelectorAll<HTMLElement>('[data-change]') ?? [])];
  if (stops.length === 0) return;
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[at === -1 ? (by === 1 ? 0 : stops.length - 1) : (at + by + stops.length) % stops.length];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: 'center', behavior: 'smooth' });
}
