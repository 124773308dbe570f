import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { toastFailure } from '@/shared/page/toasts';
import { exportSources } from './opml';

/** What else one can do with all sources. */
export function MoreMenu({ onImport }: { onImport?: () => void }) {
  const save = useMutation({
    mutationFn: exportSources,
    onError: (error) => toastFailure('The sources could not be exported', error),
  });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More" loading={save.isPending}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => save.mutate()}>
          Export as OPML
        </Menu.Item>
        {onImport && (
          <Menu.Item leftSection={<IconUpload size={16} />} onClick={onImport}>
            Import OPML…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
