import { useEffect, useRef } from 'react';
import { recall } from '@/shared/storage';

/** What single keys do on a page, such as `{ j: next, k: previous }`. */
export type Keys = Record<string, () => void>;

/** Listen for single keys while nobody writes, nothing lies over the page and the keys aren't turned off. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let isAfterG = false;
    const listen = (event: KeyboardEvent): void => {
      const wasAfterG = isAfterG;
      isAfterG = event.key === 'g';
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || wasAfterG) return;
      if (recall('single-keys') === 'off' || isOccupied(event.target)) return;
      const run = latest.current[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

function isOccupied(target: EventTarget | null): boolean {
  if (document.querySelector('[role=dialog]')) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select');
}
