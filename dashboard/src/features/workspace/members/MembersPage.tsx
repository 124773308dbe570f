import { Stack, Title } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { workspacesListMembersOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { Empty, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { Invitations } from './Invitations';
import { InviteButton } from './InviteButton';
import { MemberList } from './MemberList';

/** Who is in the workspace, and who is invited. */
export function MembersPage() {
  const { workspace, can } = useWorkspace();
  const members = useQuery(workspacesListMembersOptions({ path: { workspace_id: workspace.id } }));
  return (
    <Page
      title="Members"
      description={`Who works in ${workspace.name}, and what they may do.`}
      actions={can('admin') && <InviteButton />}
    >
      <Stack gap="xl">
        <QueryStates
          query={members}
          what="The members could not be loaded"
          isEmpty={(all) => all.length === 0}
          empty={
            <Empty icon={IconUsers} title="Nobody is here">
              Invite somebody to work with you.
            </Empty>
          }
        >
          {(all) => <MemberList members={all} />}
        </QueryStates>
        {can('admin') && (
          <Stack gap="sm" component="section" aria-labelledby="invitations">
            <Title order={2} size="h4" id="invitations">
              Invitations
            </Title>
            <Invitations />
          </Stack>
        )}
      </Stack>
    </Page>
  );
}
