/** Something that one place asks for and another one does. */
export interface Signal {
  send: () => void;
  listen: (listener: () => void) => () => void;
}

/** Make a signal. What is sent while nobody listens is lost. */
export function createSignal(): Signal {
  const listeners = new Set<() => void>();
  return {
    send: () => {
      for (const listener of listeners) listener();
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
