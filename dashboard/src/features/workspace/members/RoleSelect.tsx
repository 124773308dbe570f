import { Group, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Member } from '@/api';
import {
  workspacesChangeRoleMutation,
  workspacesListMembersQueryKey,
  workspacesListWorkspacesQueryKey,
} from '@/api/@tanstack/react-query.gen';
import { ConfirmDialog } from '@/shared/page/Confirm';
import { toastDone, toastFailure } from '@/shared/page/toasts';
import { useUser } from '@/shared/platform/session';
import { type Role, useWorkspace } from '@/shared/platform/workspace';
import { nameRole, ROLES, rolesToGive } from '../roles';

/** A member's role, to be changed by those who may. Giving ownership away, or one's own rights, is asked about. */
export function RoleSelect({ member }: { member: Member }) {
  const { workspace } = useWorkspace();
  const isMe = useUser().id === member.user_id;
  const [asked, setAsked] = useState<Role>(member.role);
  const [isOpen, { open, close }] = useDisclosure(false);
  const change = useChangeRole(member);
  const roles = rolesToGive(workspace.role, member.role);
  const name = member.full_name || member.email;
  if (roles.length === 0) return <Text>{nameRole(member.role)}</Text>;
  const choose = (role: Role): void => {
    if (role === member.role) return;
    setAsked(role);
    if (role === 'owner' || isMe) open();
    else change.mutate(role);
  };
  return (
    <>
      <Select
        aria-label={`Role of ${name}`}
        data={ROLES.filter(({ role }) => roles.includes(role)).map(({ role, label }) => ({ value: role, label }))}
        value={member.role}
        onChange={(role) => role && choose(role as Role)}
        allowDeselect={false}
        disabled={change.isPending}
        renderOption={({ option }) => <RoleOption role={option.value} />}
        comboboxProps={{ width: 280, position: 'bottom-end' }}
      />
      <ConfirmDialog
        opened={isOpen}
        onClose={close}
        harmless
        title={asked === 'owner' ? `Make ${name} an owner?` : 'Change your own role?'}
        action={asked === 'owner' ? 'Make owner' : `Become ${nameRole(asked).toLowerCase()}`}
        onConfirm={() => change.mutateAsync(asked)}
      >
        {asked === 'owner'
          ? 'Owners may do everything: delete the workspace, and take your role away as well.'
          : 'You may do less afterwards, and only somebody who ranks above you can give it back.'}
      </ConfirmDialog>
    </>
  );
}

function RoleOption({ role }: { role: string }) {
  const found = ROLES.find((one) => one.role === role);
  return (
    <Group>
      <Stack gap={0}>
        <Text size="sm" fw={550}>
          {found?.label}
        </Text>
        <Text size="xs" c="dimmed">
          {found?.may}
        </Text>
      </Stack>
    </Group>
  );
}

function useChangeRole(member: Member) {
  const queries = useQueryClient();
  const { workspace } = useWorkspace();
  const isMe = useUser().id === member.user_id;
  const path = { workspace_id: workspace.id };
  const queryKey = workspacesListMembersQueryKey({ path });
  const { mutationFn } = workspacesChangeRoleMutation();
  return useMutation({
    mutationFn: (role: Role, context) =>
      mutationFn?.({ path: { ...path, user_id: member.user_id }, body: { role } }, context) ?? Promise.reject(),
    onMutate: async (role) => {
      await queries.cancelQueries({ queryKey });
      const before = queries.getQueryData<Member[]>(queryKey);
      queries.setQueryData<Member[]>(queryKey, (all) =>
        all?.map((one) => (one.user_id === member.user_id ? { ...one, role } : one)),
      );
      return { before };
    },
    onError: (error, _, context) => {
      queries.setQueryData(queryKey, context?.before);
      toastFailure('The role was not changed', error);
    },
    onSuccess: (_, role) => toastDone(`${member.full_name || member.email} is now ${nameRole(role).toLowerCase()}.`),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey });
      if (isMe) await queries.invalidateQueries({ queryKey: workspacesListWorkspacesQueryKey() });
    },
  });
}
