import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Endpoint, Preferences } from '@/api';
import { account } from '@/features/account/feature';
import { checkKinds, checkUrl, describeWishes } from '@/features/account/notifications/endpoints';
import { describePing } from '@/features/account/notifications/PingButton';
import { toChanges, toForm } from '@/features/account/notifications/preferences';
import { readDeliverySearch } from '@/features/account/notifications/search';
import { escapePicture, nameNext } from '@/features/account/security/Enrolment';
import { keepSession, openDashboard, openNetwork, USER } from '../../fixtures/stage';

const PREFERENCES: Preferences = {
  workspace_id: '0194-personal',
  channels: ['email', 'webhook', 'in_app'],
  mode: 'immediate',
  severity_floor: 'low',
  timezone: 'Europe/Berlin',
  quiet_start: null,
  quiet_end: null,
  digest_hour: 8,
  email: null,
  address: USER.email,
  address_verified: true,
  subscribed: true,
  unsubscribed_at: null,
};
const PATH = '/api/v1/notifications/preferences';

function openPreferences(changes: Partial<Preferences> = {}) {
  keepSession();
  const network = openNetwork().on(`GET ${PATH}`, { body: { ...PREFERENCES, ...changes } });
  return openDashboard('/settings/notifications', { network, feature: account });
}

describe('notification preferences', () => {
  it('are saved as they stand in the form', async () => {
    const { network, user } = openPreferences();
    network.on(`PUT ${PATH}`, { body: { ...PREFERENCES, mode: 'daily' } });
    await user.click(await screen.findByLabelText('Daily'));
    await user.click(screen.getByLabelText('By e-mail'));
    await user.click(screen.getByLabelText(/^Quiet hours/));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Your preferences are saved.')).toBeInTheDocument();
    expect(network.to(`PUT ${PATH}`)[0]?.body).toMatchObject({
      mode: 'daily',
      channels: ['webhook', 'in_app'],
      quiet_start: '22:00',
      quiet_end: '07:00',
      email: null,
    });
  });

  it('say which address is yet to be confirmed', async () => {
    openPreferences({ email: 'other@example.com', address: 'other@example.com', address_verified: false });
    expect(await screen.findByText('to confirm')).toBeInTheDocument();
  });

  it('let somebody who unsubscribed have mail again', async () => {
    const { network, user } = openPreferences({ subscribed: false, unsubscribed_at: '2026-01-01T00:00:00Z' });
    network.on(`PUT ${PATH}`, { body: PREFERENCES });
    await user.click(await screen.findByRole('button', { name: 'Send me mail again' }));
    await waitFor(() => expect(network.to(`PUT ${PATH}`)[0]?.body).toEqual({ subscribed: true }));
    await waitFor(() => expect(screen.queryByText('You have unsubscribed from mail')).not.toBeInTheDocument());
  });

  it('come back from the form as they were', () => {
    const kept = { ...PREFERENCES, quiet_start: '21:30:00', quiet_end: '06:00:00', email: 'other@example.com' };
    expect(toChanges(toForm(kept))).toMatchObject({
      quiet_start: '21:30',
      quiet_end: '06:00',
      digest_hour: 8,
      email: 'other@example.com',
    });
  });
});

describe('webhooks', () => {
  const endpoint = { event_kinds: [], severity_floor: 'low' } as Pick<Endpoint, 'event_kinds' | 'severity_floor'>;

  it('show their secret once', async () => {
    keepSession();
    const path = '/api/v1/notifications/webhook-endpoints';
    const network = openNetwork()
      .on(`GET ${path}`, [])
      .on(`POST ${path}`, { status: 201, body: { id: 'e1', secret: 'whsec_example' } });
    const { user } = openDashboard('/settings/notifications/webhooks', { network, feature: account });
    await screen.findByText('There are no webhooks');
    await user.click(screen.getAllByRole('button', { name: 'New webhook' })[0] as HTMLElement);
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Add webhook' }));
    expect(await within(dialog).findByText(/Enter an address that begins with/)).toBeInTheDocument();
    await user.type(within(dialog).getByLabelText('Address'), 'https://hooks.example.com/x');
    await user.click(within(dialog).getByRole('button', { name: 'Add webhook' }));
    expect(await screen.findByText('whsec_example')).toBeInTheDocument();
  });

  it('tell in words what they are told of', () => {
    expect(describeWishes(endpoint)).toBe('Every event');
    expect(describeWishes({ event_kinds: ['watch.*'], severity_floor: 'high' })).toBe('watch.*, high severity only');
  });

  it.each([
    ['https://hooks.example.com', null],
    ['http://localhost:9000/x', null],
    ['ftp://hooks.example.com', 'wrong'],
    ['https://', 'wrong'],
  ])('take the address %s or not', (url, outcome) => {
    expect(checkUrl(url) === null).toBe(outcome === null);
  });

  it('take kinds of events, and no other words', () => {
    expect(checkKinds(['watch.*', 'watch.alert'])).toBeNull();
    expect(checkKinds(['everything'])).toContain('everything');
  });

  it('say how a test fared', () => {
    const attempt = { number: 1, outcome: 'sent', status_code: 204, response: '', milliseconds: 12, at: '' };
    expect(describePing({ status: 'pending', attempt_log: [], reason: null })).toBeNull();
    expect(describePing({ status: 'sent', attempt_log: [attempt], reason: null })).toBe(
      'It answered with 204 after 12 ms.',
    );
    expect(describePing({ status: 'dead', attempt_log: [], reason: 'refused' })).toBe('It was not taken: refused');
  });
});

describe('deliveries', () => {
  it('are narrowed by what the address says, as far as it is understood', () => {
    expect(readDeliverySearch({ status: 'dead', channel: 'pigeon', endpoint: 'x' })).toEqual({ status: 'dead' });
  });
});

describe('the account', () => {
  it('is deleted only when its address is typed', async () => {
    keepSession();
    const network = openNetwork().on('POST /api/v1/auth/delete-account', { status: 204 });
    const { user } = openDashboard('/settings/account/security', { network, feature: account });
    await user.click(await screen.findByRole('button', { name: 'Delete account' }));
    const dialog = await screen.findByRole('dialog');
    const confirm = within(dialog).getByRole('button', { name: 'Delete for good' });
    await user.type(within(dialog).getByLabelText(/Type your address/), 'ada@example');
    expect(confirm).toBeDisabled();
    await user.type(within(dialog).getByLabelText(/Type your address/), '.com');
    await user.click(confirm);
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeInTheDocument();
    expect(network.to('POST /api/v1/auth/delete-account')[0]?.body).toEqual({ email: USER.email });
  });

  it('keeps two passwords apart that differ', async () => {
    keepSession();
    const { network, user } = openDashboard('/settings/account/security', { network: openNetwork(), feature: account });
    await user.type(await screen.findByLabelText('New password'), 'correct horse');
    await user.type(screen.getByLabelText('The same again'), 'battery staple');
    await user.click(screen.getByRole('button', { name: 'Change password' }));
    expect(await screen.findByText('This differs from the first one.')).toBeInTheDocument();
    expect(network.to('PUT /auth/v1/user')).toEqual([]);
  });

  it('names a second app apart from the first, and escapes its picture', () => {
    expect(nameNext([])).toBe('Authenticator app');
    expect(nameNext(['Authenticator app', 'Authenticator app 2'])).toBe('Authenticator app 3');
    expect(escapePicture('data:image/svg+xml;utf-8,<svg fill="#fff"/>')).toBe(
      'data:image/svg+xml;utf-8,%3Csvg%20fill%3D%22%23fff%22%2F%3E',
    );
    expect(escapePicture('data:image/png;base64,AAAA')).toBe('data:image/png;base64,AAAA');
  });
});
