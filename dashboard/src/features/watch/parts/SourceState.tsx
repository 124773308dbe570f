import { Badge, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import type { Source } from '@/api';

type Shown = Pick<Source, 'status' | 'error_count' | 'last_error'>;

/** How a source is: watched, failing, paused, or stopped for its failures. */
export function SourceState({ source }: { source: Shown }) {
  const { colour, label, icon: Sign, why } = describeState(source);
  return (
    <Tooltip label={why} disabled={!why} multiline maw={320}>
      <Badge
        variant={colour === 'gray' ? 'default' : 'light'}
        color={colour}
        radius="sm"
        tt="none"
        fw={600}
        leftSection={<Sign size={12} stroke={2.2} aria-hidden />}
        styles={{ root: { flex: 'none' } }}
      >
        {label}
      </Badge>
    </Tooltip>
  );
}

function describeState({ status, error_count, last_error }: Shown) {
  if (status === 'paused') return { colour: 'gray', label: 'Paused', icon: IconPlayerPause, why: '' };
  if (status === 'deleted') return { colour: 'gray', label: 'Deleted', icon: IconTrash, why: '' };
  if (status === 'error') {
    return { colour: 'red', label: 'Stopped', icon: IconAlertTriangle, why: `Too many failures. ${last_error ?? ''}` };
  }
  if (error_count > 0) {
    return { colour: 'orange', label: 'Failing', icon: IconAlertTriangle, why: last_error ?? '' };
  }
  return { colour: 'water', label: 'Watching', icon: IconPlayerPlay, why: '' };
}
