import { ActionIcon, Avatar, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDoorExit, IconDots, IconUserMinus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Member } from '@/api';
import {
  workspacesListMembersQueryKey,
  workspacesListWorkspacesQueryKey,
  workspacesRemoveMemberMutation,
} from '@/api/@tanstack/react-query.gen';
import { Tag } from '@/shared/badges/Tag';
import { ConfirmDialog } from '@/shared/page/Confirm';
import { toastDone } from '@/shared/page/toasts';
import { useUser } from '@/shared/platform/session';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import { mayRemove } from '../roles';
import classes from '../workspace.module.css';
import { RoleSelect } from './RoleSelect';

/** The members, those who joined first at the top. */
export function MemberList({ members }: { members: Member[] }) {
  return (
    <ul className={classes.list} aria-label="Members">
      {members.map((member) => (
        <MemberRow key={member.user_id} member={member} />
      ))}
    </ul>
  );
}

/** How a member is called. */
export function nameMember(member: Pick<Member, 'full_name' | 'email'>): string {
  return member.full_name || member.email;
}

function MemberRow({ member }: { member: Member }) {
  const isMe = useUser().id === member.user_id;
  return (
    <li className={classes.member}>
      <Avatar name={nameMember(member)} color="initials" radius="xl" alt="" />
      <div className={classes.who}>
        <Text fw={550} truncate>
          {nameMember(member)}{' '}
          {isMe && (
            <Tag size="sm" color="water">
              you
            </Tag>
          )}
        </Text>
        <Text size="sm" c="dimmed" truncate>
          {member.full_name ? `${member.email} · ` : ''}joined <RelativeTime value={member.created_at} />
        </Text>
      </div>
      <div className={classes.role}>
        <RoleSelect member={member} />
      </div>
      <div className={classes.menu}>
        <MemberMenu member={member} isMe={isMe} />
      </div>
    </li>
  );
}

function MemberMenu({ member, isMe }: { member: Member; isMe: boolean }) {
  const { workspace } = useWorkspace();
  const [isOpen, { open, close }] = useDisclosure(false);
  const remove = useRemoveMember(member, isMe);
  // A personal workspace goes with its owner and can't be left.
  if (isMe ? workspace.is_personal : !mayRemove(workspace.role, member.role)) return null;
  const name = nameMember(member);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`More about ${name}`}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            color="red"
            leftSection={isMe ? <IconDoorExit size={16} /> : <IconUserMinus size={16} />}
            onClick={open}
          >
            {isMe ? 'Leave the workspace' : 'Remove from the workspace'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={isOpen}
        onClose={close}
        title={isMe ? `Leave ${workspace.name}?` : `Remove ${name}?`}
        action={isMe ? 'Leave' : 'Remove'}
        onConfirm={() => remove.mutateAsync({ path: { workspace_id: workspace.id, user_id: member.user_id } })}
      >
        {isMe
          ? 'You lose access at once, and so do your API keys here. To come back, somebody has to invite you.'
          : `${name} loses access at once, and so do the API keys that they made here. What they added stays.`}
      </ConfirmDialog>
    </>
  );
}

function useRemoveMember(member: Member, isMe: boolean) {
  const queries = useQueryClient();
  const { workspace, workspaces, switchTo } = useWorkspace();
  return useMutation({
    ...workspacesRemoveMemberMutation(),
    onSuccess: async () => {
      if (isMe) {
        toastDone(`You left ${workspace.name}.`);
        const next = workspaces.find(({ id }) => id !== workspace.id);
        if (next) switchTo(next.id);
        await queries.invalidateQueries({ queryKey: workspacesListWorkspacesQueryKey() });
        return;
      }
      toastDone(`${nameMember(member)} was removed.`);
      const queryKey = workspacesListMembersQueryKey({ path: { workspace_id: workspace.id } });
      await queries.invalidateQueries({ queryKey });
    },
  });
}
