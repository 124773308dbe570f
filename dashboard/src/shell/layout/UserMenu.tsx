import { ActionIcon, Avatar, Menu, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { authReadMeOptions } from '@/api/@tanstack/react-query.gen';
import { toastFailure } from '@/shared/page/toasts';
import { announceLeaving, useUser } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';
import { writeTimesAs } from '@/shared/time';
import { openShortcutHelp } from '../keyboard/opening';

/** Who is signed in, the theme, the shortcuts, and the way out. */
export function UserMenu() {
  const user = useUser();
  const supabase = useSupabase();
  const me = useQuery({ ...authReadMeOptions(), staleTime: 300_000 });
  const email = user.email ?? '';
  const name = me.data?.profile.full_name || email;
  const profile = me.data?.profile;
  useEffect(() => {
    if (profile) writeTimesAs(profile.locale);
  }, [profile]);
  const leave = async (): Promise<void> => {
    announceLeaving();
    const { error } = await supabase.auth.signOut({ scope: 'local' });
    if (error) toastFailure('You are not signed out', error);
  };
  return (
    <Menu width={250} position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="transparent" size={36} radius="xl" aria-label={`Your account: ${email}`}>
          <Avatar name={name} size={30} color="initials" variant="light" aria-hidden alt="" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
            {name}
          </Text>
          {name !== email && (
            <Text size="xs" truncate>
              {email}
            </Text>
          )}
        </Menu.Label>
        <ThemeChoice />
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconKeyboard size={16} />}
          rightSection={<Text size="xs">?</Text>}
          onClick={openShortcutHelp}
        >
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      m={6}
      w="calc(100% - 12px)"
      aria-label="Theme"
      value={colorScheme}
      onChange={(chosen) => setColorScheme(chosen as typeof colorScheme)}
      data={[
        { value: 'light', label: <ThemeLabel icon={IconSun} text="Light" /> },
        { value: 'dark', label: <ThemeLabel icon={IconMoon} text="Dark" /> },
        { value: 'auto', label: <ThemeLabel icon={IconDeviceDesktop} text="Auto" /> },
      ]}
    />
  );
}

function ThemeLabel({ icon: Picture, text }: { icon: typeof IconSun; text: string }) {
  return (
    <span style={{ display: 'inline-flex', gap: 5, alignItems: 'center' }}>
      <Picture size={14} aria-hidden /> {text}
    </span>
  );
}
