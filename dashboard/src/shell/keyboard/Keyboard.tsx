import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { Feature } from '@/shared/feature/feature';
import { useWorkspace } from '@/shared/platform/workspace';
import { listItems } from '../layout/navigationItems';
import { openPalette } from '../palette/opening';
import { helpWanted } from './opening';
import { createKeyListener, type Shortcut } from './shortcuts';

const ShortcutHelp = lazy(() => import('./ShortcutHelp'));

/** Listens to the keyboard, and shows which keys do what. */
export function Keyboard({ features }: { features: Feature[] }) {
  const { can } = useWorkspace();
  const navigate = useNavigate();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  useEffect(() => helpWanted.listen(() => setIsHelpOpen(true)), []);

  const shortcuts = useMemo<Shortcut[]>(
    () => [
      { keys: '/', label: 'Search or go to…', run: openPalette },
      { keys: '?', label: 'Show the shortcuts', run: () => setIsHelpOpen(true) },
      ...listItems(features, can).flatMap(({ shortcut, label, target }) =>
        shortcut ? [{ keys: `g ${shortcut}`, label: `Go to ${label}`, run: () => void navigate(target) }] : [],
      ),
    ],
    [features, can, navigate],
  );
  useEffect(() => {
    const listener = createKeyListener(() => shortcuts, openPalette);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [shortcuts]);

  if (!isHelpOpen) return null;
  return (
    <Suspense>
      <ShortcutHelp shortcuts={shortcuts} onClose={() => setIsHelpOpen(false)} />
    </Suspense>
  );
}
