import { createSignal } from '../signal';

export const paletteWanted = createSignal();

/** Open the command palette. */
export function openPalette(): void {
  paletteWanted.send();
}
