import type { RealtimeChannel, RealtimePostgresChangesPayload } from '@supabase/supabase-js';
import type { Supabase } from '../platform/supabase';

export type Row = Record<string, unknown>;
export type Change = RealtimePostgresChangesPayload<Row>;

/** `connecting` is only the first time; afterwards a loss is `reconnecting`, and `offline` when it lasts. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline';

/** Hears of a table. `ready` is called whenever changes flow (again): what came before must be asked for. */
export interface Follower {
  changed: (change: Change) => void;
  ready: () => void;
}

interface Followed {
  table: string;
  filter: string | undefined;
  followers: Set<Follower>;
  channel: RealtimeChannel | null;
  isReady: boolean;
}

const LOST_FOR_LONG_MS = 20_000;
const REOPEN_MS = 1_000;

/** Follows tables over one socket, one channel for a table and filter however many follow it, and knows how it stands. */
export class LiveTables {
  #followed = new Map<string, Followed>();
  #listeners = new Set<() => void>();
  #state: LiveState = 'connecting';
  #wasLive = false;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly supabase: Supabase) {}

  /** How it stands; `subscribe` tells when that changes. */
  get state(): LiveState {
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Watch the browser's own idea of being online for as long as this is in use. */
  open(): () => void {
    const look = (): void => this.#reckon();
    const wake = (): void => {
      // After sleep a dead socket looks alive until it is asked.
      if (document.visibilityState === 'visible') void this.supabase.realtime.sendHeartbeat();
    };
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    document.addEventListener('visibilitychange', wake);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
      document.removeEventListener('visibilitychange', wake);
      clearTimeout(this.#lostTimer);
    };
  }

  /** Follow a table's changes, those that `filter` (such as `workspace_id=eq.…`) lets through; gives how to stop. */
  follow(table: string, filter: string | undefined, follower: Follower): () => void {
    const key = `${table}:${filter ?? ''}`;
    let followed = this.#followed.get(key);
    if (!followed) {
      followed = { table, filter, followers: new Set(), channel: null, isReady: false };
      this.#followed.set(key, followed);
      void this.#join(key, followed);
    } else if (followed.isReady) {
      follower.ready();
    }
    followed.followers.add(follower);
    return () => this.#leave(key, follower);
  }

  async #join(key: string, followed: Followed): Promise<void> {
    // The channel must carry the person's token when it joins, or it joins as nobody and sees nothing.
    await this.supabase.realtime.setAuth();
    if (this.#followed.get(key) !== followed) return;
    const { table, filter } = followed;
    const channel = this.supabase.channel(`table:${key}`);
    followed.channel = channel;
    channel
      .on(
        'postgres_changes',
        { event: '*', schema: 'public', table, ...(filter ? { filter } : {}) },
        (change: Change) => {
          for (const follower of followed.followers) follower.changed(change);
        },
      )
      .on('system', {}, (told: { extension?: string; status?: string }) => {
        if (told.extension === 'postgres_changes') this.#settle(followed, told.status === 'ok');
      })
      .subscribe((status) => {
        if (followed.channel !== channel || status === 'SUBSCRIBED') return;
        this.#settle(followed, false);
        // A failed join is tried again by the client; a closed channel is not.
        if (status === 'CLOSED') setTimeout(() => this.#reopen(key, followed, channel), REOPEN_MS);
      });
    this.#reckon();
  }

  #reopen(key: string, followed: Followed, channel: RealtimeChannel): void {
    if (this.#followed.get(key) === followed && followed.channel === channel) void this.#join(key, followed);
  }

  #leave(key: string, follower: Follower): void {
    const followed = this.#followed.get(key);
    if (!followed?.followers.delete(follower) || followed.followers.size > 0) return;
    this.#followed.delete(key);
    const channel = followed.channel;
    followed.channel = null;
    if (channel) void this.supabase.removeChannel(channel);
    this.#reckon();
  }

  #settle(followed: Followed, isReady: boolean): void {
    const becameReady = isReady && !followed.isReady;
    followed.isReady = isReady;
    if (becameReady) for (const follower of followed.followers) follower.ready();
    this.#reckon();
  }

  #reckon(): void {
    const all = [...this.#followed.values()];
    const isUp = navigator.onLine && all.every((one) => one.isReady);
    if (isUp && all.length === 0) return;
    if (isUp) {
      this.#wasLive = true;
      clearTimeout(this.#lostTimer);
      this.#lostTimer = undefined;
      this.#become('live');
      return;
    }
    if (!navigator.onLine) {
      this.#become('offline');
    } else if (this.#state !== 'offline' || this.#lostTimer === undefined) {
      this.#become(this.#wasLive ? 'reconnecting' : 'connecting');
    }
    this.#lostTimer ??= setTimeout(() => this.#become('offline'), LOST_FOR_LONG_MS);
  }

  #become(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
