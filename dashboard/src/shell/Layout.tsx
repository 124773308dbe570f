import { AppShell, Burger, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Feature } from '@/shared/feature';
import { useWorkspace } from '@/shared/workspace';

/** Header, navigation and the page. */
export function Layout({ features, children }: { features: Feature[]; children: ReactNode }) {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { workspace, can } = useWorkspace();
  const items = features.flatMap((feature) => feature.navigation).sort((one, other) => one.order - other.order);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <AppShell.Header>
        <Group h="100%" px="md">
          <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
          <Text fw={650}>Headwater</Text>
          <Text c="dimmed">{workspace.name}</Text>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        {items
          .filter(({ role }) => !role || can(role))
          .map(({ to, label, icon: Picture }) => (
            <NavLink
              key={to}
              component={Link}
              to={to}
              label={label}
              leftSection={<Picture size={18} />}
              onClick={close}
            />
          ))}
      </AppShell.Navbar>
      <AppShell.Main>{children}</AppShell.Main>
    </AppShell>
  );
}
