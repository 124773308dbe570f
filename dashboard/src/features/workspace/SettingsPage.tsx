import { Anchor, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import {
  workspacesDeleteWorkspaceMutation,
  workspacesListWorkspacesQueryKey,
  workspacesRenameWorkspaceMutation,
} from '@/api/@tanstack/react-query.gen';
import { Confirm } from '@/shared/Confirm';
import { explain } from '@/shared/errors';
import { Page } from '@/shared/Page';
import { Copyable } from '@/shared/Secret';
import { tellDone } from '@/shared/tell';
import { formatMoment } from '@/shared/time';
import { useWorkspace } from '@/shared/workspace';
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
        <Button component={Link} to="/workspace/new" variant="default">
          Make another
        </Button>
      }
    >
      <Stack gap="lg">
        <Part title="Name">{can('admin') ? <NameForm /> : <Text>{workspace.name}</Text>}</Part>
        <Part title="Identifier" text="Programs name the workspace by it, as X-Workspace-Id.">
          <Copyable value={workspace.id} label="the workspace's identifier" />
        </Part>
        <Part title="Activity" text="Who added, changed and removed what.">
          <Anchor component={Link} to="/workspace/settings/activity">
            See the activity
          </Anchor>
        </Part>
        {workspace.is_personal ? (
          <Part
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

function Part({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <Card withBorder p="lg" component="section">
      <Title order={2} size="h5" mb={text ? 2 : 'sm'}>
        {title}
      </Title>
      {text && (
        <Text size="sm" c="dimmed" mb={children ? 'sm' : 0}>
          {text}
        </Text>
      )}
      {children}
    </Card>
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
      tellDone(`The workspace is called ${name} now.`);
    },
  });
  const form = useForm({
    initialValues: { name: workspace.name },
    validate: {
      name: (name) => {
        if (!name.trim()) return 'Give it a name.';
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
      tellDone(`${workspace.name} was deleted.`);
      const next = workspaces.find(({ id }) => id !== workspace.id);
      if (next) switchTo(next.id);
      await queries.invalidateQueries({ queryKey: workspacesListWorkspacesQueryKey() });
    },
  });
  return (
    <Part
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
    </Part>
  );
}
