import { Button, Paper, Stack, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Source } from '@/api';
import { watchSeriesReadSparklinesOptions } from '@/api/@tanstack/react-query.gen';
import { SelectionBar } from '@/shared/lists/SelectionBar';
import { useSelection } from '@/shared/lists/selection';
import { useWorkspace } from '@/shared/platform/workspace';
import { hoursAgo } from '@/shared/plots';
import { readTimezone, useNow } from '@/shared/time';
import { type SourceAction, useSourceActions } from './actions';
import { type BeatRange, chooseBeatRange, readBeats } from './beats';
import { SourceRow } from './SourceRow';
import classes from './sources.module.css';

const MAX_SPARKLINES = 100;
const SO_ALREADY: Partial<Record<SourceAction, Source['status']>> = { pause: 'paused', resume: 'active' };

/** The sources, with what one can do to many at once. */
export function SourceList({ sources }: { sources: Source[] }) {
  const { can } = useWorkspace();
  const actions = useSourceActions();
  const selection = useSelection(sources);
  const now = useNow(60_000);
  const range = chooseBeatRange(sources, now);
  const beats = useBeats(sources, range, now);
  const act = (action: SourceAction) => {
    // What is so already is left alone, so that an undo wakes nobody who slept before.
    actions.mutate({ action, sources: selection.selected.filter(({ status }) => status !== SO_ALREADY[action]) });
    selection.clear();
  };
  return (
    <Stack gap="xs">
      {can('editor') && (
        <SelectionBar
          selection={selection}
          actions={
            <>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconPlayerPause size={14} />}
                onClick={() => act('pause')}
              >
                Pause
              </Button>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconPlayerPlay size={14} />}
                onClick={() => act('resume')}
              >
                Resume
              </Button>
              <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={() => act('check')}>
                Check now
              </Button>
              <Button
                size="xs"
                variant="light"
                color="red"
                leftSection={<IconTrash size={14} />}
                onClick={() => act('delete')}
              >
                Delete
              </Button>
            </>
          }
        />
      )}
      <Paper withBorder radius="lg" style={{ overflow: 'hidden' }}>
        <div className={classes.head} aria-hidden="true">
          <Text size="xs" fw={600} c="dimmed">
            Source
          </Text>
          <Text size="xs" fw={600} c="dimmed">
            State
          </Text>
          <Text size="xs" fw={600} c="dimmed">
            {range.label}
          </Text>
          <Text size="xs" fw={600} c="dimmed">
            Last change
          </Text>
          <Text size="xs" fw={600} c="dimmed">
            Next check
          </Text>
        </div>
        <ul className={classes.list}>
          {sources.map((source) => (
            <SourceRow
              key={source.id}
              source={source}
              beats={beats(source)}
              range={range.label}
              isSelected={selection.isSelected(source)}
              onToggle={can('editor') ? () => selection.toggle(source) : undefined}
            />
          ))}
        </ul>
      </Paper>
    </Stack>
  );
}

/** Ask for the course of all that is shown at once. */
function useBeats(sources: Source[], range: BeatRange, now: number) {
  const ids = sources.slice(0, MAX_SPARKLINES).map(({ id }) => id);
  const { data } = useQuery({
    ...watchSeriesReadSparklinesOptions({
      query: {
        source_id: ids,
        since: hoursAgo(range.hours, now),
        timezone: readTimezone(),
        points: 30,
      },
    }),
    placeholderData: keepPreviousData,
    enabled: ids.length > 0,
  });
  return (source: Source) => (data && ids.includes(source.id) ? readBeats(data, source) : null);
}
