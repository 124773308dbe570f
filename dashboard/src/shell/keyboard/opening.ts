import { createSignal } from '../signal';

export const helpWanted = createSignal();

/** Show which keys do what. */
export function openShortcutHelp(): void {
  helpWanted.send();
}
