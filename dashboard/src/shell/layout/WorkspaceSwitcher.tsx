import { Avatar, Group, Menu, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import { useWorkspace } from '@/shared/platform/workspace';
import classes from './Layout.module.css';

/** Which workspace everything happens in, and the others that one is in. */
export function WorkspaceSwitcher() {
  const { workspace, workspaces, switchTo } = useWorkspace();
  return (
    <Menu width={260} position="bottom-start" shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.switcher} aria-label={`Workspace: ${workspace.name}. Switch workspace`}>
          <Group gap="xs" wrap="nowrap">
            <Initials name={workspace.name} />
            <Stack gap={0} flex={1} miw={0}>
              <Text size="sm" fw={600} truncate>
                {workspace.name}
              </Text>
              <Text size="xs" c="dimmed" lh={1.2}>
                {workspace.is_personal ? 'Personal' : 'Shared'} · {workspace.role}
              </Text>
            </Stack>
            <IconSelector size={16} color="var(--mantine-color-dimmed)" aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Menu.Label>Workspaces</Menu.Label>
        {workspaces.map(({ id, name, role }) => (
          <Menu.Item
            key={id}
            onClick={() => switchTo(id)}
            leftSection={<Initials name={name} size={24} />}
            rightSection={id === workspace.id ? <IconCheck size={16} aria-label="current" /> : null}
          >
            <Text size="sm" truncate>
              {name}
            </Text>
            <Text size="xs" c="dimmed">
              {role}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Initials({ name, size = 30 }: { name: string; size?: number }) {
  return <Avatar name={name} size={size} radius="sm" color="initials" variant="light" aria-hidden alt="" />;
}
