import { ActionIcon, Indicator, Popover, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { notificationsListInboxOptions, notificationsListInboxQueryKey } from '@/api/@tanstack/react-query.gen';
import { useLiveTable } from '@/shared/live';
import { ListSkeleton } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';

const InboxList = lazy(() => import('./InboxList'));
const MAX_COUNTED = 50;

/** The bell: how many notifications wait, and the latest of them. */
export function Inbox() {
  const { workspace } = useWorkspace();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const unread = useQuery(notificationsListInboxOptions({ query: { unread: true, limit: MAX_COUNTED } }));
  useLiveTable('notifications', `workspace_id=eq.${workspace.id}`, [notificationsListInboxQueryKey()]);
  const count = unread.data?.length ?? 0;
  const label =
    count === 0 ? 'Notifications' : `Notifications: ${count}${count === MAX_COUNTED ? ' or more' : ''} unread`;
  return (
    <Popover opened={isOpen} onClose={close} onDismiss={close} width={380} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Tooltip label={label} disabled={isOpen}>
          <Indicator
            disabled={count === 0}
            label={count > 9 ? '9+' : count}
            size={16}
            offset={5}
            color="red.8"
            styles={{ indicator: { fontSize: 10, fontWeight: 650, padding: '0 4px' } }}
          >
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              onClick={toggle}
              aria-label={label}
              aria-expanded={isOpen}
            >
              <IconBell size={19} stroke={1.75} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} maw="calc(100vw - 24px)">
        <Suspense fallback={<ListSkeleton rows={3} />}>{isOpen && <InboxList onClose={close} />}</Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
