import type { QueryClient, QueryKey } from '@tanstack/react-query';

const QUIET_MS = 120;

/** Asks anew for what changed: a burst of changes costs one request, and a slow answer is waited for. */
export class Refresher {
  #waiting = new Map<string, QueryKey>();
  #isBusy = false;

  constructor(
    readonly queries: QueryClient,
    readonly quietMs = QUIET_MS,
  ) {}

  /** Note that what stands under these keys is out of date. */
  refresh(keys: readonly QueryKey[]): void {
    for (const key of keys) this.#waiting.set(JSON.stringify(key), key);
    if (!this.#isBusy && this.#waiting.size > 0) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.quietMs));
      const keys = [...this.#waiting.values()];
      this.#waiting.clear();
      // Failures show up in the queries themselves.
      await Promise.allSettled(keys.map((queryKey) => this.queries.invalidateQueries({ queryKey })));
    }
    this.#isBusy = false;
  }
}
