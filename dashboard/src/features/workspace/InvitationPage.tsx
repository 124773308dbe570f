import { Alert, Button, Card, Center, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconMailOff, IconUsersPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type InvitationSummary, workspacesReadInvitation } from '@/api';
import { workspacesAcceptInvitationMutation, workspacesListWorkspacesQueryKey } from '@/api/@tanstack/react-query.gen';
import { HOME } from '@/shared/feature/addresses';
import { Page } from '@/shared/page/Page';
import { Empty, QueryStates } from '@/shared/page/states';
import { toastDone } from '@/shared/page/toasts';
import { ApiError, explain } from '@/shared/platform/errors';
import { announceLeaving, useUser } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';
import { useWorkspace } from '@/shared/platform/workspace';
import { formatMoment } from '@/shared/time';
import { links } from './links';
import { nameRole } from './roles';

/** Where the link of an invitation leads: what it is to, and the way in. */
export function InvitationPage() {
  useDocumentTitle('Invitation · Headwater');
  const { token } = links.invitation.useParams();
  const query = useQuery({
    queryKey: ['invitation', token],
    queryFn: async () => (await workspacesReadInvitation({ body: { token }, throwOnError: true })).data,
  });
  if (query.error instanceof ApiError && [404, 422].includes(query.error.status)) {
    return <NoInvitation>It was withdrawn, or a newer one was sent in its place: use the latest mail.</NoInvitation>;
  }
  if (query.data?.state === 'accepted') return <NoInvitation>It was accepted already.</NoInvitation>;
  if (query.data?.state === 'expired') {
    return <NoInvitation>Its seven days are over. Ask for another one.</NoInvitation>;
  }
  return (
    <Center py="xl">
      <Card withBorder p="xl" w="100%" maw={480}>
        <QueryStates query={query} what="The invitation could not be loaded">
          {(invitation) => <Invitation invitation={invitation} token={token} />}
        </QueryStates>
      </Card>
    </Center>
  );
}

function NoInvitation({ children }: { children: string }) {
  return (
    <Page title="Invitation" width="narrow">
      <Empty
        icon={IconMailOff}
        title="This invitation is not open any more"
        action={
          <Button component={Link} {...HOME} variant="light">
            Go home
          </Button>
        }
      >
        {children}
      </Empty>
    </Page>
  );
}

function Invitation({ invitation, token }: { invitation: InvitationSummary; token: string }) {
  const user = useUser();
  const isMine = user.email?.toLowerCase() === invitation.email.toLowerCase();
  return (
    <Stack>
      <IconUsersPlus size={32} aria-hidden color="var(--mantine-primary-color-filled)" />
      <Title order={1} size="h3" style={{ overflowWrap: 'anywhere' }}>
        Join {invitation.workspace_name}
      </Title>
      <Text>
        {invitation.invited_by || 'A member'} invites {invitation.email} as {nameRole(invitation.role).toLowerCase()}.
        The invitation is open until {formatMoment(invitation.expires_at)}.
      </Text>
      {isMine ? <AcceptButton token={token} /> : <WrongPerson invitation={invitation} />}
    </Stack>
  );
}

function AcceptButton({ token }: { token: string }) {
  const { switchTo } = useWorkspace();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const accept = useMutation({
    ...workspacesAcceptInvitationMutation(),
    onSuccess: async (joined) => {
      await queries.refetchQueries({ queryKey: workspacesListWorkspacesQueryKey() });
      switchTo(joined.id);
      toastDone(`Welcome to ${joined.name}.`);
      await navigate(HOME);
    },
  });
  return (
    <>
      {accept.isError && (
        <Alert color="red" role="alert">
          {explain(accept.error).message} {explain(accept.error).hint}
        </Alert>
      )}
      <Group gap="xs">
        <Button loading={accept.isPending} onClick={() => accept.mutate({ body: { token } })}>
          Accept and join
        </Button>
        <Button component={Link} {...HOME} variant="default">
          Not now
        </Button>
      </Group>
    </>
  );
}

/** The link is for another address than the one that is signed in. */
function WrongPerson({ invitation }: { invitation: InvitationSummary }) {
  const user = useUser();
  const supabase = useSupabase();
  const leave = (): void => {
    announceLeaving();
    // Signing in leads back to this page.
    void supabase.auth.signOut({ scope: 'local' });
  };
  return (
    <Alert
      color="yellow"
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
      title={`You are signed in as ${user.email}`}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm">The invitation is for {invitation.email} alone. Sign in with that address to accept it.</Text>
        <Button size="xs" variant="default" onClick={leave}>
          Sign in as somebody else
        </Button>
      </Stack>
    </Alert>
  );
}
