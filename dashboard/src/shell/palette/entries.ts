import { useMantineColorScheme } from '@mantine/core';
import {
  IconArrowRight,
  IconBuildingCommunity,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { LinkTarget } from '@/shared/feature/addresses';
import type { Feature } from '@/shared/feature/feature';
import { findApiUrl } from '@/shared/platform/config';
import { announceLeaving } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';
import { useWorkspace } from '@/shared/platform/workspace';
import { openShortcutHelp } from '../keyboard/opening';
import { listItems } from '../layout/navigationItems';
import type { Entry } from './matching';

const THEMES = [
  { value: 'light', label: 'Light theme', icon: IconSun },
  { value: 'dark', label: 'Dark theme', icon: IconMoon },
  { value: 'auto', label: 'Theme of the system', icon: IconDeviceDesktop },
] as const;

/** Everything that the palette offers: pages, commands of features, workspaces, and what is the shell's own. */
export function useEntries(features: Feature[]): Entry[] {
  const { workspace, workspaces, can, switchTo } = useWorkspace();
  const { setColorScheme } = useMantineColorScheme();
  const supabase = useSupabase();
  const navigate = useNavigate();
  return useMemo(() => {
    const go = (target: LinkTarget): void => void navigate(target);
    const pages = listItems(features, can).map<Entry>(({ target, label, icon, shortcut }) => ({
      id: `go:${target.to}`,
      group: 'Go to',
      label,
      icon,
      shortcut: shortcut && `g ${shortcut}`,
      run: () => go(target),
    }));
    const commands = features.flatMap((feature) =>
      (feature.commands ?? [])
        .filter(({ role }) => !role || can(role))
        .map<Entry>(({ run, role: _, ...shown }) => ({ ...shown, group: feature.title, run: () => run({ go }) })),
    );
    const switches = workspaces
      .filter(({ id }) => id !== workspace.id)
      .map<Entry>(({ id, name }) => ({
        id: `workspace:${id}`,
        group: 'Switch workspace',
        label: name,
        icon: IconBuildingCommunity,
        keywords: ['workspace', 'switch'],
        run: () => switchTo(id),
      }));
    const themes = THEMES.map<Entry>(({ value, label, icon }) => ({
      id: `theme:${value}`,
      group: 'Appearance',
      label,
      icon,
      keywords: ['colour', 'color', 'mode'],
      run: () => setColorScheme(value),
    }));
    const rest: Entry[] = [
      {
        id: 'shortcuts',
        group: 'Help',
        label: 'Keyboard shortcuts',
        icon: IconKeyboard,
        shortcut: '?',
        run: openShortcutHelp,
      },
      {
        id: 'api-docs',
        group: 'Help',
        label: 'Documentation of the API',
        icon: IconArrowRight,
        run: () => void window.open(`${findApiUrl()}/api/docs`, '_blank', 'noopener'),
      },
      {
        id: 'sign-out',
        group: 'Account',
        label: 'Sign out',
        icon: IconLogout,
        run: async () => {
          announceLeaving();
          await supabase.auth.signOut({ scope: 'local' });
        },
      },
    ];
    return [...pages, ...commands, ...switches, ...themes, ...rest];
  }, [features, workspace, workspaces, can, switchTo, setColorScheme, supabase, navigate]);
}
