import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconMailPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Invitation, NewInvitation } from '@/api';
import { workspacesInviteMutation, workspacesListInvitationsQueryKey } from '@/api/@tanstack/react-query.gen';
import { looksLikeEmail } from '@/shared/emails';
import { ShownOnce } from '@/shared/page/Secret';
import { FormError } from '@/shared/page/SettingsCard';
import { useWorkspace } from '@/shared/platform/workspace';
import { ROLES } from '../roles';

/** Invites an address, and shows the link in case no mail arrives. */
export function InviteButton() {
  const [isOpen, { open, close }] = useDisclosure(false);
  const [made, setMade] = useState<Invitation | null>(null);
  const start = (): void => {
    setMade(null);
    open();
  };
  return (
    <>
      <Button leftSection={<IconMailPlus size={16} />} onClick={start}>
        Invite
      </Button>
      <Modal opened={isOpen} onClose={close} title={made ? 'Invited' : 'Invite somebody'} centered size="lg">
        {made ? (
          <Invited invitation={made} onAnother={() => setMade(null)} onClose={close} />
        ) : (
          <InviteForm onMade={setMade} />
        )}
      </Modal>
    </>
  );
}

function InviteForm({ onMade }: { onMade: (invitation: Invitation) => void }) {
  const { workspace } = useWorkspace();
  const queries = useQueryClient();
  const path = { workspace_id: workspace.id };
  const invite = useMutation({
    ...workspacesInviteMutation(),
    onSuccess: (invitation) => {
      onMade(invitation);
      void queries.invalidateQueries({ queryKey: workspacesListInvitationsQueryKey({ path }) });
    },
  });
  const form = useForm<Required<NewInvitation>>({
    initialValues: { email: '', role: 'editor' },
    validate: {
      email: (email) => (looksLikeEmail(email) ? null : 'Enter an e-mail address, such as ada@example.com.'),
    },
  });
  return (
    <form
      onSubmit={form.onSubmit((body) => invite.mutate({ path, body: { ...body, email: body.email.trim() } }))}
      noValidate
    >
      <Stack>
        <TextInput
          label="E-mail address"
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('email')}
        />
        <Radio.Group label="Role" {...form.getInputProps('role')}>
          <Stack gap="xs" mt={6}>
            {ROLES.filter(({ role }) => role !== 'owner').map(({ role, label, may }) => (
              <Radio key={role} value={role} label={label} description={may} />
            ))}
          </Stack>
        </Radio.Group>
        <FormError error={invite.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={invite.isPending}>
            Send invitation
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface InvitedProps {
  invitation: Invitation;
  onAnother: () => void;
  onClose: () => void;
}

function Invited({ invitation, onAnother, onClose }: InvitedProps) {
  return (
    <Stack>
      {invitation.mail_problem ? (
        <Alert color="yellow" styles={{ title: { color: 'var(--mantine-color-text)' } }} title="No mail will arrive">
          {invitation.mail_problem} Hand the link to {invitation.email} yourself.
        </Alert>
      ) : (
        <Text>A mail with the link is on its way to {invitation.email}.</Text>
      )}
      {invitation.url && <ShownOnce label="Link of the invitation" value={invitation.url} />}
      <Text size="sm" c="dimmed">
        It works for seven days, and only for somebody who signs in as {invitation.email}.
      </Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onAnother}>
          Invite another
        </Button>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
