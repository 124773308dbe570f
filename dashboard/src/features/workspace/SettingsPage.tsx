import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import {
  workspacesDeleteWorkspaceMutation,
  workspacesListWorkspacesQueryKey,
  workspacesRenameWorkspaceMutation,
} from '@/api/@tanstack/react-query.gen';
import { Confirm } from '@/shared/page/Confirm';
import { Page } from '@/shared/page/Page';
import { Copyable } from '@/shared/page/Secret';
import { SettingsCard } from '@/shared/page/SettingsCard';
import { toastDone } from '@/shared/page/toasts';
import { explain } from '@/shared/platform/errors';
import { useWorkspace } from '@/shared/platform/workspace';
import { formatMoment } from '@/shared/time';
import { links } from './links';
import { nameRole } from './roles';

/** The workspace itself: its name, its number, its end. */
export function SettingsPage() {
  const { workspace, can } = useWorkspace();
  return (
    <Page
      title="Workspace"
      description={`You are ${nameRole(workspace.role).toLowerCase()} of ${workspace.name}, which was made on ${formatMoment(workspace.created_at)}.`}
      width="narrow"
      actions={
        <Button component={Link} {...links.newWorkspace()} variant="default">
          Make another
        </Button>
      }
    >
      <Stack gap="lg">
        <SettingsCard title="Name">{can('admin') ? <NameForm /> : <Text>{workspace.name}</Text>}</SettingsCard>
        <SettingsCard title="Identifier" text="Programs name the workspace by it, as X-Workspace-Id.">
          <Copyable value={workspace.id} label="the workspace's identifier" />
        </SettingsCard>
        <SettingsCard title="Activity" text="Who added, changed and removed what.">
          <Anchor component={Link} {...links.activity()}>
            See the activity
          </Anchor>
        </SettingsCard>
        {workspace.is_personal ? (
          <SettingsCard
            title="Deleting"
            text="This is a personal workspace: it goes when its owner's account is deleted, and not before."
          />
        ) : (
          can('owner') && <Deletion />
        )}
      </Stack>
    </Page>
  );
}

function NameForm() {
  const { workspace } = useWorkspace();
  const queries = useQueryClient();
  const rename = useMutation({
    ...workspacesRenameWorkspaceMutation(),
    onSuccess: async ({ name }) => {
      await queries.invalidateQueries({ queryKey: workspacesListWorkspacesQueryKey() });
      form.setInitialValues({ name });
      form.reset();
      toastDone(`The workspace is called ${name} now.`);
    },
  });
  const form = useForm({
    initialValues: { name: workspace.name },
    validate: {
      name: (name) => {
        if (!name.trim()) return 'Enter a name.';
        return name.trim().length > 100 ? 'Use 100 characters at most.' : null;
      },
    },
  });
  return (
    <form onSubmit={form.onSubmit((body) => rename.mutate({ path: { workspace_id: workspace.id }, body }))} noValidate>
      <Group align="flex-start" gap="sm">
        <TextInput
          aria-label="Name of the workspace"
          flex="1 1 220px"
          {...form.getInputProps('name')}
          error={form.errors.name ?? (rename.isError && explain(rename.error).message)}
        />
        <Button type="submit" loading={rename.isPending} disabled={!form.isDirty()}>
          Rename
        </Button>
      </Group>
    </form>
  );
}

function Deletion() {
  const { workspace, workspaces, switchTo } = useWorkspace();
  const queries = useQueryClient();
  const remove = useMutation({
    ...workspacesDeleteWorkspaceMutation(),
    onSuccess: async () => {
      toastDone(`${workspace.name} was deleted.`);
      const next = workspaces.find(({ id }) => id !== workspace.id);
      if (next) switchTo(next.id);
      await queries.invalidateQueries({ queryKey: workspacesListWorkspacesQueryKey() });
    },
  });
  return (
    <SettingsCard
      title="Delete this workspace"
      text="Its sources, history, keys, webhooks and jobs go with it, for every member. It can't be undone."
    >
      <Confirm
        title={`Delete ${workspace.name}?`}
        action="Delete for good"
        typed={workspace.name}
        typedLabel="its name"
        onConfirm={() => remove.mutateAsync({ path: { workspace_id: workspace.id } })}
        trigger={(open) => (
          <Button color="red.8" variant="outline" w="fit-content" onClick={open}>
            Delete workspace
          </Button>
        )}
      >
        Everything in it is deleted at once, for every member. It can't be undone.
      </Confirm>
    </SettingsCard>
  );
}
