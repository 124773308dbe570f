import { Button, Group, Text } from '@mantine/core';
import { IconMailForward, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Invitation, NewInvitation } from '@/api';
import {
  workspacesInviteMutation,
  workspacesListInvitationsOptions,
  workspacesListInvitationsQueryKey,
  workspacesWithdrawInvitationMutation,
} from '@/api/@tanstack/react-query.gen';
import { Confirm } from '@/shared/page/Confirm';
import { ListSkeleton, QueryStates } from '@/shared/page/states';
import { toastDone, toastFailure } from '@/shared/page/toasts';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime, useNow } from '@/shared/time';
import { nameRole } from '../roles';
import classes from '../workspace.module.css';

/** The invitations that weren't accepted yet. */
export function Invitations() {
  const { workspace } = useWorkspace();
  const query = useQuery({
    ...workspacesListInvitationsOptions({ path: { workspace_id: workspace.id } }),
    // The mail is sent by a job: its outcome shows within moments.
    refetchInterval: ({ state }) => (state.data?.some(isUnderway) ? 2000 : false),
  });
  return (
    <QueryStates
      query={query}
      what="The invitations could not be loaded"
      skeleton={<ListSkeleton rows={1} />}
      isEmpty={(all) => all.every((one) => one.accepted_at)}
      empty={<Text c="dimmed">Nobody is invited at the moment. Invite somebody by their e-mail address.</Text>}
    >
      {(all) => (
        <ul className={classes.list} aria-label="Invitations">
          {all
            .filter((one) => !one.accepted_at)
            .map((one) => (
              <InvitationRow key={one.id} invitation={one} />
            ))}
        </ul>
      )}
    </QueryStates>
  );
}

function isUnderway(invitation: Invitation): boolean {
  const age = Date.now() - new Date(invitation.created_at).getTime();
  return !invitation.accepted_at && !invitation.mailed_at && !invitation.mail_problem && age < 60_000;
}

/** How an invitation stands, in words. */
export function describeMail(invitation: Invitation): string {
  if (invitation.mailed_at) return 'mail sent';
  if (invitation.mail_problem) return `mail not sent: ${invitation.mail_problem}`;
  return 'mail on its way';
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const now = useNow(60_000);
  const isOver = new Date(invitation.expires_at).getTime() <= now;
  const { workspace } = useWorkspace();
  const queries = useQueryClient();
  const refresh = (): Promise<void> =>
    queries.invalidateQueries({
      queryKey: workspacesListInvitationsQueryKey({ path: { workspace_id: workspace.id } }),
    });
  const withdraw = useMutation({
    ...workspacesWithdrawInvitationMutation(),
    onSuccess: async () => {
      await refresh();
      toastDone(`The invitation of ${invitation.email} was withdrawn.`);
    },
  });
  const resend = useMutation({
    ...workspacesInviteMutation(),
    onSuccess: async () => {
      await refresh();
      toastDone(`${invitation.email} gets a new link; the old one works no more.`);
    },
    onError: (error) => toastFailure('The invitation was not sent again', error),
  });
  return (
    <li className={classes.invitation}>
      <div className={classes.who}>
        <Text fw={550} truncate>
          {invitation.email}
        </Text>
        <Text size="sm" c={isOver || invitation.mail_problem ? 'var(--mantine-color-error)' : 'dimmed'}>
          {nameRole(invitation.role)} · {isOver ? 'expired' : 'expires'} <RelativeTime value={invitation.expires_at} />{' '}
          · {describeMail(invitation)}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconMailForward size={14} />}
          loading={resend.isPending}
          aria-label={`Send again to ${invitation.email}`}
          onClick={() =>
            resend.mutate({
              path: { workspace_id: workspace.id },
              body: { email: invitation.email, role: invitation.role as NewInvitation['role'] },
            })
          }
        >
          Send again
        </Button>
        <Confirm
          title="Withdraw this invitation?"
          action="Withdraw"
          onConfirm={() => withdraw.mutateAsync({ path: { workspace_id: workspace.id, invitation_id: invitation.id } })}
          trigger={(open) => (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconX size={14} />}
              onClick={open}
              aria-label={`Withdraw the invitation of ${invitation.email}`}
            >
              Withdraw
            </Button>
          )}
        >
          The link that {invitation.email} has stops working. You can invite them again at any time.
        </Confirm>
      </Group>
    </li>
  );
}
