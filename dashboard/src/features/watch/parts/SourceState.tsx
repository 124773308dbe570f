import { Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import type { Source } from '@/api';
import { Tag } from './Tag';

type Shown = Pick<Source, 'status' | 'error_count' | 'last_error'>;

/** How a source is: watched, failing, paused, or stopped for its failures. */
export function SourceState({ source }: { source: Shown }) {
  const { colour, label, icon, why } = describeState(source);
  return (
    <Tooltip label={why} disabled={!why} multiline maw={320}>
      <span style={{ flex: 'none' }}>
        <Tag colour={colour} icon={icon}>
          {label}
        </Tag>
      </span>
    </Tooltip>
  );
}

function describeState({ status, error_count, last_error }: Shown) {
  const why = last_error ?? '';
  if (status === 'paused') return { colour: 'gray', label: 'Paused', icon: IconPlayerPause, why: '' } as const;
  if (status === 'deleted') return { colour: 'gray', label: 'Deleted', icon: IconTrash, why: '' } as const;
  if (status === 'error') {
    return { colour: 'red', label: 'Stopped', icon: IconAlertTriangle, why: `Too many failures. ${why}` } as const;
  }
  if (error_count > 0) return { colour: 'orange', label: 'Failing', icon: IconAlertTriangle, why } as const;
  return { colour: 'water', label: 'Watching', icon: IconPlayerPlay, why: '' } as const;
}
