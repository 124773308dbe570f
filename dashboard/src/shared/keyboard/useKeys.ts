import { useEffect, useRef } from 'react';
import { areSingleKeysOn, isKeyTaken } from './keys';

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
      // What follows `g` belongs to the shell: `g a` goes to a page.
      const wasAfterG = isAfterG;
      isAfterG = event.key === 'g';
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || wasAfterG) return;
      if (!areSingleKeysOn() || isKeyTaken(event.target)) return;
      const run = latest.current[event.key];
      if (!run) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
