import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { describeAction, describeSubject } from '@/features/workspace/activity';
import { workspace } from '@/features/workspace/feature';
import { describeScopes, isUsable, toNewKey } from '@/features/workspace/keys/scopes';
import { mayRemove, rolesToGive } from '@/features/workspace/roles';
import { keepSession, openDashboard, openNetwork, USER, WORKSPACES } from '../../fixtures/stage';

const MEMBERS = '/api/v1/workspaces/0194-personal/members';
const INVITATIONS = '/api/v1/workspaces/0194-personal/invitations';
const ADA = { user_id: USER.id, email: USER.email, full_name: 'Ada', avatar_url: null, role: 'owner' };
const BOB = { user_id: 'bob', email: 'bob@example.com', full_name: 'Bob', avatar_url: null, role: 'editor' };
const INVITATION = {
  id: 'i1',
  workspace_id: '0194-personal',
  email: 'guest@example.com',
  role: 'viewer',
  expires_at: '2999-01-01T00:00:00Z',
  accepted_at: null,
  mailed_at: null,
  mail_problem: null,
  created_at: '2026-01-01T00:00:00Z',
};

function openMembers() {
  keepSession();
  const created_at = '2026-01-01T00:00:00Z';
  const network = openNetwork()
    .on(`GET ${MEMBERS}`, [
      { ...ADA, created_at },
      { ...BOB, created_at },
    ])
    .on(`GET ${INVITATIONS}`, []);
  return openDashboard('/workspace/members', { network, feature: workspace });
}

/** Find a role in the list that belongs to Bob. */
function findRole(name: string): HTMLElement {
  const list = screen.getByRole('combobox', { name: 'Role of Bob' }).getAttribute('aria-controls') ?? '';
  const option = document.getElementById(list)?.querySelector<HTMLElement>(`[value="${name.toLowerCase()}"]`);
  if (!option) throw new Error(`There is no role ${name} to choose.`);
  return option;
}

describe('members', () => {
  it('invites, and gives the link where no mail will arrive', async () => {
    const { network, user } = openMembers();
    const url = 'https://headwater.test/invitations/secret';
    const answer = { ...INVITATION, mail_problem: 'No mail server is set up.', token: 'secret', url };
    network.on(`POST ${INVITATIONS}`, { status: 201, body: answer });
    await user.click(await screen.findByRole('button', { name: 'Invite' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Send invitation' }));
    expect(await within(dialog).findByText(/Enter an e-mail address/)).toBeInTheDocument();
    expect(network.to(`POST ${INVITATIONS}`)).toEqual([]);
    await user.type(within(dialog).getByLabelText('E-mail address'), ' guest@example.com ');
    await user.click(within(dialog).getByLabelText('Viewer'));
    await user.click(within(dialog).getByRole('button', { name: 'Send invitation' }));
    expect(await screen.findByText(url)).toBeInTheDocument();
    expect(screen.getByText('No mail will arrive')).toBeInTheDocument();
    expect(network.to(`POST ${INVITATIONS}`)[0]?.body).toEqual({ email: 'guest@example.com', role: 'viewer' });
  });

  it('shows another role at once, and takes it back when it is refused', async () => {
    const { network, user } = openMembers();
    const refusal = { code: 'forbidden', message: 'You may not.', hint: null, details: null };
    network.on(`PATCH ${MEMBERS}/bob`, { status: 403, body: refusal });
    await user.click(await screen.findByRole('combobox', { name: 'Role of Bob' }));
    await user.click(findRole('Admin'));
    expect(await screen.findByText('The role was not changed')).toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole('combobox', { name: 'Role of Bob' })).toHaveValue('Editor'));
  });

  it('asks before somebody becomes an owner', async () => {
    const { network, user } = openMembers();
    network.on(`PATCH ${MEMBERS}/bob`, { status: 204 });
    await user.click(await screen.findByRole('combobox', { name: 'Role of Bob' }));
    await user.click(findRole('Owner'));
    const dialog = await screen.findByRole('dialog');
    expect(network.to(`PATCH ${MEMBERS}/bob`)).toEqual([]);
    await user.click(within(dialog).getByRole('button', { name: 'Make owner' }));
    await waitFor(() => expect(network.to(`PATCH ${MEMBERS}/bob`)[0]?.body).toEqual({ role: 'owner' }));
  });

  it('shows a viewer who is there, and nothing to change', async () => {
    localStorage.setItem('headwater-workspace', WORKSPACES[1]?.id ?? '');
    keepSession();
    const network = openNetwork().on('GET /api/v1/workspaces/0194-shared/members', [
      { ...BOB, created_at: '2026-01-01T00:00:00Z' },
    ]);
    openDashboard('/workspace/members', { network, feature: workspace });
    expect(await screen.findByText('Bob')).toBeInTheDocument();
    expect(screen.queryByRole('combobox', { name: 'Role of Bob' })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Invite' })).not.toBeInTheDocument();
  });
});

describe('API keys', () => {
  it('are shown once, when they are made', async () => {
    keepSession();
    const key = { id: 'k1', workspace_id: '0194-personal', created_by: USER.id, name: 'Report', prefix: 'hw_live_ab' };
    const rest = { scopes: ['read'], expires_at: null, last_used_at: null, revoked_at: null };
    const made = { ...key, ...rest, created_at: '2026-01-01T00:00:00Z', key: 'hw_live_abcdef' };
    const network = openNetwork()
      .on('GET /api/v1/api-keys', [])
      .on('POST /api/v1/api-keys', { status: 201, body: made });
    const { user } = openDashboard('/workspace/api-keys', { network, feature: workspace });
    await screen.findByText('There are no keys');
    await user.click(screen.getAllByRole('button', { name: 'New key' })[0] as HTMLElement);
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByLabelText('Name'), 'Report');
    await user.click(within(dialog).getByRole('button', { name: 'Make key' }));
    expect(await screen.findByText('hw_live_abcdef')).toBeInTheDocument();
    expect(network.to('POST /api/v1/api-keys')[0]?.body).toMatchObject({ name: 'Report', scopes: ['read'] });
    await user.click(screen.getByRole('button', { name: 'I have copied it' }));
    await waitFor(() => expect(screen.queryByText('hw_live_abcdef')).not.toBeInTheDocument());
  });
});

describe('an invitation', () => {
  const summary = {
    workspace_name: 'Rivers',
    email: USER.email,
    role: 'editor',
    invited_by: 'Bob',
    expires_at: '2999-01-01T00:00:00Z',
    state: 'open',
  };

  function openInvitation(changes: Partial<typeof summary> = {}) {
    keepSession();
    const network = openNetwork().on('POST /api/v1/workspaces/read-invitation', { body: { ...summary, ...changes } });
    return openDashboard('/invitations/secret-token', { network, feature: workspace });
  }

  it('is accepted by whom it is for', async () => {
    const { network, user } = openInvitation();
    network.on('POST /api/v1/workspaces/accept-invitation', { body: WORKSPACES[1] });
    await user.click(await screen.findByRole('button', { name: 'Accept and join' }));
    expect(await screen.findByText('Welcome to Rivers.')).toBeInTheDocument();
    expect(network.to('POST /api/v1/workspaces/accept-invitation')[0]?.body).toEqual({ token: 'secret-token' });
    expect(localStorage.getItem('headwater-workspace')).toBe('0194-shared');
  });

  it('can not be accepted by somebody else', async () => {
    openInvitation({ email: 'other@example.com' });
    expect(await screen.findByText(`You are signed in as ${USER.email}`)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Accept and join' })).not.toBeInTheDocument();
  });

  it.each(['accepted', 'expired'])('that is %s leads nowhere', async (state) => {
    openInvitation({ state });
    expect(await screen.findByText('This invitation is not open any more')).toBeInTheDocument();
  });
});

describe('rules', () => {
  it('lets nobody but owners make owners, and admins leave owners alone', () => {
    expect(rolesToGive('owner', 'owner')).toContain('owner');
    expect(rolesToGive('admin', 'viewer')).toEqual(['admin', 'editor', 'viewer']);
    expect([rolesToGive('admin', 'owner'), rolesToGive('editor', 'viewer')]).toEqual([[], []]);
    expect([mayRemove('admin', 'owner'), mayRemove('admin', 'admin'), mayRemove('viewer', 'viewer')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('makes keys whose wider scope includes the narrower', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(toNewKey({ name: ' Report ', scope: 'write', lifetime: '30' }, now)).toEqual({
      name: 'Report',
      scopes: ['read', 'write'],
      expires_at: '2026-01-31T00:00:00.000Z',
    });
    expect(toNewKey({ name: 'Report', scope: 'admin', lifetime: 'never' }, now).expires_at).toBeNull();
    expect(describeScopes(['read', 'write'])).toBe('Read and write');
  });

  it('knows when a key ends', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(isUsable({ revoked_at: null, expires_at: null }, now)).toBe(true);
    expect(isUsable({ revoked_at: null, expires_at: '2026-01-01T00:00:00Z' }, now)).toBe(false);
    expect(isUsable({ revoked_at: '2025-01-01T00:00:00Z', expires_at: null }, now)).toBe(false);
  });

  it('says what was done', () => {
    expect(describeAction({ action: 'insert', subject_kind: 'api_keys' })).toBe('added an API key');
    expect(describeAction({ action: 'update', subject_kind: 'new_things' })).toBe('changed new things');
    expect(describeSubject({ name: 'Acme', status: 'active' })).toBe('Acme · active');
    expect(describeSubject({})).toBe('');
  });
});
