import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { noteLinkFailure } from '@/shell/sign-in/links';
import { keepSession, makeSession, openDashboard, openNetwork, PRODUCTS } from '../fixtures/stage';

const CLOSED = { body: { disable_signup: true, mailer_autoconfirm: true } };
const SEND = { status: 200, body: {} };

async function fillIn(user: ReturnType<typeof openDashboard>['user'], fields: Record<string, string>): Promise<void> {
  for (const [label, text] of Object.entries(fields)) await user.type(await screen.findByLabelText(label), text);
}

describe('sign-in', () => {
  it('by password leads to the page that was asked for', async () => {
    const network = openNetwork().on('POST /auth/v1/token', { body: makeSession() });
    const { user } = openDashboard('/rivers', { network });
    await fillIn(user, { 'E-mail': 'ada@example.com', Password: 'correct-horse-battery' });
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('heading', { name: 'Rivers page' })).toBeInTheDocument();
    const [sent] = network.to('POST /auth/v1/token');
    expect(sent?.query.get('grant_type')).toBe('password');
    expect(sent?.body).toMatchObject({ email: 'ada@example.com', password: 'correct-horse-battery' });
    expect(localStorage.getItem('headwater-session')).not.toBeNull();
  });

  it.each([
    ['invalid_credentials', 400, /don’t belong together/],
    ['email_not_confirmed', 400, /isn’t confirmed yet/],
    ['over_request_rate_limit', 429, /Too many attempts/],
    ['user_banned', 403, /blocked/],
  ])('says in plain words what %s means', async (code, status, said) => {
    const network = openNetwork().on('POST /auth/v1/token', { status, body: { error_code: code, msg: 'jargon' } });
    const { user } = openDashboard('/sign-in', { network });
    await fillIn(user, { 'E-mail': 'ada@example.com', Password: 'wrong' });
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(said);
    expect(alert).not.toHaveTextContent('jargon');
  });

  it('says what each installed product promises, in its own words', async () => {
    openDashboard('/sign-in');
    const aside = await screen.findByRole('complementary', { name: 'About Headwater' });
    for (const { title, promise } of PRODUCTS) {
      expect(aside).toHaveTextContent(title);
      expect(aside).toHaveTextContent(promise);
    }
  });

  it('asks for what is missing before anything is sent', async () => {
    const { user, network } = openDashboard('/sign-in');
    await user.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText(/Enter your e-mail address/)).toBeInTheDocument();
    expect(screen.getByText('Enter your password')).toBeInTheDocument();
    expect(screen.getByLabelText('E-mail')).toHaveAccessibleDescription(/Enter your e-mail address/);
    expect(network.to('POST /auth/v1/token')).toHaveLength(0);
  });

  it('by link tells the same whether there is such an account or not', async () => {
    const network = openNetwork().on('POST /auth/v1/otp', {
      status: 422,
      body: { error_code: 'otp_disabled', msg: '-' },
    });
    const { user } = openDashboard('/sign-in', { network });
    await user.click(await screen.findByRole('button', { name: 'Sign in with a link by e-mail' }));
    await fillIn(user, { 'E-mail': 'nobody@example.com' });
    await user.click(screen.getByRole('button', { name: 'Send me a link' }));
    expect(await screen.findByText('Look into your mailbox')).toBeInTheDocument();
    expect(network.to('POST /auth/v1/otp')[0]?.body).toMatchObject({ create_user: false });
  });

  it('offers no account where none can be made', async () => {
    openDashboard('/sign-in', { network: openNetwork().on('GET /auth/v1/settings', CLOSED) });
    await screen.findByRole('heading', { name: 'Sign in' });
    await waitFor(() => expect(screen.queryByText('Create an account')).not.toBeInTheDocument());
  });
});

describe('sign-up', () => {
  const fields = { 'E-mail': 'ada@example.com', Password: 'correct-horse-battery' };

  it('leads right in where addresses need no confirmation', async () => {
    const network = openNetwork().on('POST /auth/v1/signup', { body: makeSession() });
    const { user } = openDashboard('/sign-up', { network });
    await fillIn(user, { Name: 'Ada', ...fields });
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByRole('heading', { name: 'Home page' })).toBeInTheDocument();
    expect(network.to('POST /auth/v1/signup')[0]?.body).toMatchObject({ data: { full_name: 'Ada' } });
  });

  it('asks to look into the mailbox where they do, and sends it again', async () => {
    const network = openNetwork()
      .on('POST /auth/v1/signup', { body: { id: 'u1', email: 'ada@example.com', aud: 'authenticated' } })
      .on('POST /auth/v1/resend', SEND);
    const { user } = openDashboard('/sign-up', { network });
    await fillIn(user, fields);
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText('Look into your mailbox')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Send it again' }));
    expect(await screen.findByText('Sent again to ada@example.com')).toBeInTheDocument();
  });

  it('refuses a short password by itself, and says what the server thinks of others', async () => {
    const weak = { status: 422, body: { error_code: 'weak_password', msg: 'Password should contain a digit.' } };
    const { user, network } = openDashboard('/sign-up', { network: openNetwork().on('POST /auth/v1/signup', weak) });
    await fillIn(user, { 'E-mail': 'ada@example.com', Password: 'short' });
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText('Take eight characters at least')).toBeInTheDocument();
    expect(network.to('POST /auth/v1/signup')).toHaveLength(0);
    await fillIn(user, { Password: '-but-longer' });
    await user.click(screen.getByRole('button', { name: 'Create the account' }));
    expect(await screen.findByText(/should contain a digit/)).toBeInTheDocument();
  });

  it('says so where accounts are closed', async () => {
    openDashboard('/sign-up', { network: openNetwork().on('GET /auth/v1/settings', CLOSED) });
    expect(await screen.findByText(/New accounts can’t be made here/)).toBeInTheDocument();
  });
});

describe('a forgotten password', () => {
  it('has a link sent', async () => {
    const { user, network } = openDashboard('/forgot-password', {
      network: openNetwork().on('POST /auth/v1/recover', SEND),
    });
    await fillIn(user, { 'E-mail': 'ada@example.com' });
    await user.click(screen.getByRole('button', { name: 'Send the link' }));
    expect(await screen.findByText('Look into your mailbox')).toBeInTheDocument();
    expect(network.to('POST /auth/v1/recover')[0]?.query.get('redirect_to')).toMatch(/\/new-password$/);
  });

  it('is replaced by a new one, given twice', async () => {
    keepSession();
    const network = openNetwork().on('PUT /auth/v1/user', { body: makeSession().user });
    const { user } = openDashboard('/new-password', { network });
    await fillIn(user, { 'New password': 'correct-horse-battery', 'The same again': 'incorrect' });
    await user.click(screen.getByRole('button', { name: 'Set the password' }));
    expect(await screen.findByText('This isn’t the same')).toBeInTheDocument();
    await user.clear(screen.getByLabelText('The same again'));
    await fillIn(user, { 'The same again': 'correct-horse-battery' });
    await user.click(screen.getByRole('button', { name: 'Set the password' }));
    expect(await screen.findByRole('heading', { name: 'Home page' })).toBeInTheDocument();
    expect(network.to('PUT /auth/v1/user')[0]?.body).toMatchObject({ password: 'correct-horse-battery' });
  });

  it('says that the link is too old, and offers another', async () => {
    const address = '/new-password#error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid';
    window.history.replaceState(null, '', address);
    noteLinkFailure();
    expect(window.location.hash).toBe('');
    openDashboard('/new-password');
    expect(await screen.findByText(/has been used or is too old/)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Have a new link sent' })).toHaveAttribute('href', '/forgot-password');
  });
});
