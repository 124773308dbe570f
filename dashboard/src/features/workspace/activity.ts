import type { Activity } from '@/api';

const THINGS: Record<string, string> = {
  workspaces: 'the workspace',
  workspace_members: 'a member',
  workspace_invitations: 'an invitation',
  api_keys: 'an API key',
  monitored_sources: 'a source',
  user_queries: 'a question',
  webhook_endpoints: 'a webhook',
};

const ACTIONS: Record<string, string> = { insert: 'added', update: 'changed', delete: 'removed' };

/** Say what was done to what: "added a source". */
export function describeAction(entry: Pick<Activity, 'action' | 'subject_kind'>): string {
  const thing = THINGS[entry.subject_kind] ?? entry.subject_kind.replaceAll('_', ' ');
  return `${ACTIONS[entry.action] ?? entry.action} ${thing}`;
}

/** Which one it was, as far as the log says: its name or address, its role or status. */
export function describeSubject(details: Record<string, unknown>): string {
  const name = details.name ?? details.email ?? details.url;
  const more = [details.role, details.status].filter((one) => typeof one === 'string');
  return [typeof name === 'string' ? name : '', ...more].filter(Boolean).join(' · ');
}

/** Who did it, where it was no person. */
export function describeActor(kind: string): string {
  if (kind === 'api_key') return 'A key';
  return kind === 'job' ? 'A job' : 'The system';
}
