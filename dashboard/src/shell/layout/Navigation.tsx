import { AppShell, Box, CloseButton, Group, NavLink, ScrollArea, Stack, Text } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { HOME } from '@/shared/feature/addresses';
import type { Feature, NavigationItem } from '@/shared/feature/feature';
import { useConfig } from '@/shared/platform/config';
import { useWorkspace } from '@/shared/platform/workspace';
import { Logo } from '../Logo';
import classes from './Layout.module.css';
import { listItems } from './navigationItems';
import { WorkspaceSwitcher } from './WorkspaceSwitcher';

/** Where one can go. */
export function Navigation({ features, onClose }: { features: Feature[]; onClose: () => void }) {
  const { can } = useWorkspace();
  const { version } = useConfig();
  const items = listItems(features, can);
  return (
    <>
      <AppShell.Section px="sm" pt={14} pb="xs">
        <Group justify="space-between" px={6} pb={10}>
          <Logo />
          <CloseButton hiddenFrom="sm" onClick={onClose} aria-label="Close the navigation" />
        </Group>
        <WorkspaceSwitcher />
      </AppShell.Section>
      <AppShell.Section grow component={ScrollArea} px="sm" pt="xs">
        <Items items={items.filter(({ section }) => section === 'work')} />
      </AppShell.Section>
      <AppShell.Section px="sm" pb="sm">
        <Items items={items.filter(({ section }) => section === 'settings')} />
        <Text size="xs" c="dimmed" px={10} pt="xs">
          Headwater {version}
        </Text>
      </AppShell.Section>
    </>
  );
}

function Items({ items }: { items: NavigationItem[] }) {
  const { pathname } = useLocation();
  const current = findCurrent(items, pathname);
  return (
    <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
      {items.map(({ target, label, icon: Picture }) => (
        <Box component="li" key={label}>
          <NavLink
            component={Link}
            {...target}
            label={label}
            active={target.to === current}
            aria-current={target.to === current ? 'page' : undefined}
            leftSection={<Picture size={18} stroke={1.75} aria-hidden />}
            className={classes.item}
            variant="subtle"
          />
        </Box>
      ))}
    </Stack>
  );
}

/** The item that the page belongs to: the longest that its path begins with. */
function findCurrent(items: NavigationItem[], pathname: string): string | undefined {
  return items
    .map(({ target }) => target.to)
    .filter((to) => pathname === to || (to !== HOME.to && pathname.startsWith(`${to}/`)))
    .sort((one, other) => other.length - one.length)[0];
}
