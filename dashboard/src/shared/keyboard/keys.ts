import { recall, remember } from '../platform/storage';

/** Whether keys without Ctrl or ⌘ do anything: people who speak to their computer turn them off (WCAG 2.1.4). */
export function areSingleKeysOn(): boolean {
  return recall('single-keys') !== 'off';
}

/** Turn keys without Ctrl or ⌘ on or off, in this browser. */
export function turnSingleKeys(on: boolean): void {
  remember('single-keys', on ? null : 'off');
}

/** Whether a key belongs to somebody who is writing, or to a dialog that lies over the page. */
export function isKeyTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog]')) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select');
}
