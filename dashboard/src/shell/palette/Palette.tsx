import { lazy, Suspense, useEffect, useState } from 'react';
import type { Feature } from '@/shared/feature';
import { paletteWanted } from './opening';

const PaletteDialog = lazy(() => import('./PaletteDialog'));

/** The command palette, loaded when it is first asked for. */
export function Palette({ features }: { features: Feature[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  useEffect(
    () =>
      paletteWanted.listen(() => {
        setWasOpened(true);
        setIsOpen((before) => !before);
      }),
    [],
  );
  if (!wasOpened) return null;
  return (
    <Suspense>
      <PaletteDialog features={features} isOpen={isOpen} onClose={() => setIsOpen(false)} />
    </Suspense>
  );
}
