import { Button, Card, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { workspacesCreateWorkspaceMutation, workspacesListWorkspacesQueryKey } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { toastDone } from '@/shared/page/toasts';
import { explain } from '@/shared/platform/errors';
import { useWorkspace } from '@/shared/platform/workspace';
import { links } from './links';

/** Makes a workspace to share, and goes there. */
export function NewWorkspacePage() {
  const { switchTo } = useWorkspace();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const create = useMutation({
    ...workspacesCreateWorkspaceMutation(),
    onSuccess: async (made) => {
      await queries.refetchQueries({ queryKey: workspacesListWorkspacesQueryKey() });
      switchTo(made.id);
      toastDone(`${made.name} is ready. Invite those you work with.`);
      await navigate(links.members());
    },
  });
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (name) => (name.trim() ? null : 'Enter a name.') },
  });
  return (
    <Page
      title="New workspace"
      description="A workspace has members, sources, keys and settings of its own. You will own it."
      width="narrow"
    >
      <Card withBorder p="lg">
        <form onSubmit={form.onSubmit((body) => create.mutate({ body }))} noValidate>
          <Stack align="flex-start">
            <TextInput
              label="Name"
              description="Such as the name of your team"
              w="100%"
              maxLength={100}
              data-autofocus
              {...form.getInputProps('name')}
              error={form.errors.name ?? (create.isError && explain(create.error).message)}
            />
            <Button type="submit" loading={create.isPending}>
              Make workspace
            </Button>
          </Stack>
        </form>
      </Card>
    </Page>
  );
}
