/** Read what this browser remembers; null where it remembers nothing, or storage is closed to us. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`headwater-${name}`);
  } catch {
    return null;
  }
}

/** Remember something in this browser; null forgets it. */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`headwater-${name}`);
    else localStorage.setItem(`headwater-${name}`, value);
  } catch {
    // Private windows may refuse; then it is asked again next time.
  }
}
