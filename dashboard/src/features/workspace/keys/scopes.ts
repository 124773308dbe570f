import type { ApiKey, NewApiKey } from '@/api';
import type { Role } from '@/shared/platform/workspace';

export type Scope = ApiKey['scopes'][number];

/** How far a key reaches, and the role that one needs to make such a key. */
export const REACHES: { scope: Scope; label: string; may: string; role: Role }[] = [
  { scope: 'read', label: 'Read', may: 'Read what you may read', role: 'viewer' },
  { scope: 'write', label: 'Read and write', may: 'Also add and change things, run and cancel jobs', role: 'editor' },
  { scope: 'admin', label: 'Administer', may: 'Also members, invitations and other keys', role: 'admin' },
];

/** The widest reach of some scopes, in words. */
export function describeScopes(scopes: Scope[]): string {
  return REACHES.findLast(({ scope }) => scopes.includes(scope))?.label ?? 'Nothing';
}

/** Whether a key still works at the moment `now`. */
export function isUsable(key: Pick<ApiKey, 'revoked_at' | 'expires_at'>, now: number): boolean {
  return !key.revoked_at && (!key.expires_at || new Date(key.expires_at).getTime() > now);
}

/** For how long a key may work, in days; null for ever. */
export const LIFETIMES: { value: string; label: string; days: number | null }[] = [
  { value: '30', label: '30 days', days: 30 },
  { value: '90', label: '90 days', days: 90 },
  { value: '365', label: 'A year', days: 365 },
  { value: 'never', label: 'Until it is revoked', days: null },
];

/** What the form of a new key holds. */
export interface KeyForm {
  name: string;
  scope: Scope;
  lifetime: string;
}

/** Make the request of the form; a wider scope includes the narrower ones. */
export function toNewKey(form: KeyForm, now: number): NewApiKey {
  const widest = REACHES.findIndex(({ scope }) => scope === form.scope);
  const days = LIFETIMES.find(({ value }) => value === form.lifetime)?.days ?? null;
  return {
    name: form.name.trim(),
    scopes: REACHES.slice(0, widest + 1).map(({ scope }) => scope),
    expires_at: days === null ? null : new Date(now + days * 86_400_000).toISOString(),
  };
}
