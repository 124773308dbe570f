import { Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import type { Source } from '@/api';
import { Tag } from '@/shared/badges/Tag';

type Shown = Pick<Source, 'status' | 'error_count' | 'last_error'>;

/** How a source is: watched, failing, paused, or stopped for its failures. */
export function SourceState({ source }: { source: Shown }) {
  const { color, label, icon, why } = describeState(source);
  return (
    <Tooltip label={why} disabled={!why} multiline maw={320}>
      <span style={{ flex: 'none' }}>
        <Tag color={color} icon={icon}>
          {label}
        </Tag>
      </span>
    </Tooltip>
  );
}

function describeState({ status, error_count, last_error }: Shown) {
  const why = last_error ?? '';
  if (status === 'paused') return { color: 'gray', label: 'Paused', icon: IconPlayerPause, why: '' } as const;
  if (status === 'deleted') return { color: 'gray', label: 'Deleted', icon: IconTrash, why: '' } as const;
  if (status === 'error') {
    return { color: 'red', label: 'Stopped', icon: IconAlertTriangle, why: `Too many failures. ${why}` } as const;
  }
  if (error_count > 0) return { color: 'orange', label: 'Failing', icon: IconAlertTriangle, why } as const;
  return { color: 'water', label: 'Watching', icon: IconPlayerPlay, why: '' } as const;
}
