import { Group, Text, Tooltip } from '@mantine/core';
import { type LiveState, useLiveState } from '@/shared/live';

const TOLD: Record<LiveState, { label: string; about: string; color: string }> = {
  connecting: { label: 'Connecting', about: 'The live connection is being opened.', color: 'dimmed' },
  live: { label: 'Live', about: 'What happens shows up here at once.', color: 'water' },
  reconnecting: {
    label: 'Reconnecting',
    about: 'The live connection was lost and is being opened again. What happens meanwhile is fetched then.',
    color: 'orange',
  },
  offline: {
    label: 'Offline',
    about: 'What you see may be out of date. It is brought up to date as soon as the connection is back.',
    color: 'red',
  },
};

const COLORS: Record<string, string> = {
  dimmed: 'var(--mantine-color-dimmed)',
  water: 'light-dark(var(--mantine-color-water-7), var(--mantine-color-water-4))',
  orange: 'light-dark(#a64b00, var(--mantine-color-orange-4))',
  red: 'var(--mantine-color-error)',
};

/** How the live connection stands, in a word. */
export function ConnectionState() {
  const state = useLiveState();
  const { label, about, color } = TOLD[state];
  return (
    <Tooltip label={about} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      <Group
        gap={7}
        wrap="nowrap"
        px={8}
        py={4}
        role="status"
        tabIndex={0}
        c={COLORS[color]}
        style={{ borderRadius: 8 }}
      >
        <span className="connection-dot" data-state={state} aria-hidden />
        <Text size="sm" fw={550} visibleFrom={state === 'live' ? 'xs' : undefined}>
          {label}
        </Text>
      </Group>
    </Tooltip>
  );
}
