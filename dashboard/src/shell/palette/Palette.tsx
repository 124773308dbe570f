import { lazy, Suspense, useEffect, useState } from 'react';
import type { Feature } from '@/shared/feature/feature';
import { paletteWanted } from './opening';

const PaletteDialog = lazy(() => import('./PaletteDialog'));

/** The command palette, loaded when it is first asked for. */
export function Palette({ features }: { features: Feature[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const [opened, setOpened] = useState(0);
  useEffect(
    () =>
      paletteWanted.listen(() => {
        setOpened((count) => count + 1);
        setIsOpen((before) => !before);
      }),
    [],
  );
  if (opened === 0) return null;
  return (
    <Suspense>
      <PaletteDialog key={opened} features={features} isOpen={isOpen} onClose={() => setIsOpen(false)} />
    </Suspense>
  );
}
