import { areSingleKeysOn, isKeyTaken } from '@/shared/keyboard/keys';

/** Keys pressed one after the other, such as `g w`. */
export interface Shortcut {
  keys: string;
  label: string;
  run: () => void;
}

const SEQUENCE_MS = 1_200;

/** Make a listener for `keydown` that runs shortcuts, with ones of two keys pressed in time. */
export function createKeyListener(list: () => Shortcut[], onPalette: () => void): (event: KeyboardEvent) => void {
  let before: { key: string; at: number } | null = null;
  return (event) => {
    if ((event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      onPalette();
      return;
    }
    const isPlain = !event.metaKey && !event.ctrlKey && !event.altKey && event.key.length === 1;
    if (!isPlain || event.defaultPrevented || isKeyTaken(event.target) || !areSingleKeysOn()) return;
    const second = before && event.timeStamp - before.at < SEQUENCE_MS ? `${before.key} ${event.key}` : null;
    const shortcuts = list();
    const hit = shortcuts.find(({ keys }) => keys === second) ?? shortcuts.find(({ keys }) => keys === event.key);
    before = hit ? null : { key: event.key, at: event.timeStamp };
    if (!hit) return;
    event.preventDefault();
    hit.run();
  };
}
