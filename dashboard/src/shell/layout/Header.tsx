import { ActionIcon, Burger, Group, Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { openPalette } from '../palette/opening';
import { ConnectionState } from './ConnectionState';
import { Inbox } from './Inbox';
import classes from './Layout.module.css';
import { UserMenu } from './UserMenu';

interface HeaderProps {
  isNavigationOpen: boolean;
  onToggleNavigation: () => void;
}

/** Search, how the live connection stands, the inbox, the person. */
export function Header({ isNavigationOpen, onToggleNavigation }: HeaderProps) {
  return (
    <Group h="100%" px={{ base: 'sm', sm: 'lg', xl: 'xl' }} gap="sm" wrap="nowrap" justify="space-between">
      <Group gap="xs" wrap="nowrap" flex={1} miw={0}>
        <Burger
          opened={isNavigationOpen}
          onClick={onToggleNavigation}
          hiddenFrom="sm"
          size="sm"
          aria-label="Navigation"
          aria-expanded={isNavigationOpen}
        />
        <UnstyledButton className={classes.search} onClick={openPalette} visibleFrom="sm">
          <IconSearch size={15} aria-hidden />
          <span style={{ flex: 1, textAlign: 'left' }}>Search or go to…</span>
          <Kbd size="xs">{IS_MAC ? '⌘' : 'Ctrl'} K</Kbd>
        </UnstyledButton>
        <Tooltip label="Search or go to…">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            hiddenFrom="sm"
            onClick={openPalette}
            aria-label="Search or go to…"
          >
            <IconSearch size={19} />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Group gap={6} wrap="nowrap">
        <ConnectionState />
        <Inbox />
        <UserMenu />
      </Group>
    </Group>
  );
}

const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgent);
