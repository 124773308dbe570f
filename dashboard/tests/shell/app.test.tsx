import { IconWorld } from '@tabler/icons-react';
import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { keepSession, makeFeature, openDashboard, openNetwork, WORKSPACES } from '../fixtures/stage';

// Without a layout, what floats beside a button counts as out of sight.
const PLACED = { hidden: true };

describe('the beginning', () => {
  it('says that the gateway is away, and tries again', async () => {
    const network = openNetwork();
    network.goDown();
    const { user } = openDashboard('/', { network });
    expect(await screen.findByText("Headwater can't be reached")).toBeInTheDocument();
    network.goDown(false);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeInTheDocument();
  });

  it('shows the page to somebody who is signed in', async () => {
    keepSession();
    const { network } = openDashboard('/rivers');
    expect(await screen.findByRole('heading', { name: 'Rivers page' })).toBeInTheDocument();
    const [asked] = network.to('GET /api/v1/workspaces');
    expect(asked?.headers.get('authorization')).toMatch(/^Bearer ey/);
    expect(screen.getByText('Headwater 1.2.3')).toBeInTheDocument();
  });

  it('says why the workspaces are missing', async () => {
    keepSession();
    const network = openNetwork().on('GET /api/v1/workspaces', {
      status: 403,
      body: { code: 'forbidden', message: 'You may not.', hint: 'Ask somebody.', details: null },
    });
    openDashboard('/', { network });
    expect(await screen.findByText(/You may not. Ask somebody./)).toBeInTheDocument();
  });
});

describe('the layout', () => {
  it('leads to pages, marks the one that is shown, and moves the focus there', async () => {
    keepSession();
    const { user } = openDashboard('/');
    const navigation = await screen.findByRole('navigation', { name: 'Main' });
    const home = within(navigation).getByRole('link', { name: 'Home' });
    expect(home).toHaveAttribute('aria-current', 'page');
    await user.click(within(navigation).getByRole('link', { name: 'Rivers' }));
    expect(await screen.findByRole('heading', { name: 'Rivers page' })).toBeInTheDocument();
    expect(home).not.toHaveAttribute('aria-current');
    expect(screen.getByRole('main')).toHaveFocus();
  });

  it('has a link to skip the navigation', async () => {
    keepSession();
    openDashboard('/');
    const skip = await screen.findByRole('link', { name: 'Skip to the content' });
    expect(skip).toHaveAttribute('href', `#${screen.getByRole('main').id}`);
  });

  it('tells of an address where nothing is, and of a page that crashed, without losing the navigation', async () => {
    keepSession();
    const { router } = openDashboard('/nowhere');
    expect(await screen.findByText('There is nothing at this address')).toBeInTheDocument();
    expect(screen.getByRole('navigation', { name: 'Main' })).toBeInTheDocument();
    await router.navigate({ to: '/broken' });
    expect(await screen.findByText('This page went wrong')).toBeInTheDocument();
    expect(screen.getByText(/The dam broke/)).toBeInTheDocument();
    expect(screen.getByRole('navigation', { name: 'Main' })).toBeInTheDocument();
  });
});

describe('workspaces', () => {
  it('starts in the personal one, switches, keeps the choice, and asks anew', async () => {
    keepSession();
    const { user, network } = openDashboard('/');
    await user.click(await screen.findByRole('button', { name: /Workspace: Ada/ }));
    await user.click(await screen.findByRole('menuitem', { name: /Rivers/, ...PLACED }));
    expect(await screen.findByRole('button', { name: /Workspace: Rivers/ })).toBeInTheDocument();
    await waitFor(() => {
      const inboxes = network.to('GET /api/v1/notifications').map(({ headers }) => headers.get('x-workspace-id'));
      expect(inboxes).toEqual(expect.arrayContaining([WORKSPACES[0]?.id, WORKSPACES[1]?.id]));
    });
    expect(localStorage.getItem('headwater-workspace')).toBe(WORKSPACES[1]?.id);
  });

  it('shows what one may do in them', async () => {
    keepSession();
    localStorage.setItem('headwater-workspace', WORKSPACES[1]?.id ?? '');
    openDashboard('/');
    const navigation = await screen.findByRole('navigation', { name: 'Main' });
    expect(within(navigation).getByText(/Shared · viewer/)).toBeInTheDocument();
    expect(within(navigation).queryByRole('link', { name: 'Keys' })).not.toBeInTheDocument();
  });

  it('forgets one that is gone', async () => {
    keepSession();
    localStorage.setItem('headwater-workspace', '0194-deleted');
    openDashboard('/');
    expect(await screen.findByRole('button', { name: /Workspace: Ada/ })).toBeInTheDocument();
    expect(await screen.findByRole('link', { name: 'Keys' })).toBeInTheDocument();
  });
});

describe('the session', () => {
  it('ends when one signs out, which is no expiry', async () => {
    keepSession();
    const { user, network } = openDashboard('/rivers');
    await user.click(await screen.findByRole('button', { name: /Your account/ }));
    await user.click(await screen.findByRole('menuitem', { name: 'Sign out', ...PLACED }));
    expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeInTheDocument();
    expect(screen.queryByText(/Your session has ended/)).not.toBeInTheDocument();
    expect(network.to('POST /auth/v1/logout')[0]?.query.get('scope')).toBe('local');
    expect(localStorage.getItem('headwater-session')).toBeNull();
  });

  it('leads to sign-in, and says why, when the API and Auth refuse it', async () => {
    keepSession();
    const network = openNetwork()
      .on('GET /api/v1/notifications', { status: 401, body: { code: 'unauthenticated', message: 'No.' } })
      .on('POST /auth/v1/token', {
        status: 400,
        body: { error_code: 'session_not_found', msg: 'No Valid Session Found' },
      });
    const { router } = openDashboard('/rivers', { network });
    expect(await screen.findByText(/Your session has ended/)).toBeInTheDocument();
    expect(router.state.location.search).toMatchObject({ back: '/rivers' });
  });

  it('is renewed when the API refuses the token, and what failed is asked again', async () => {
    keepSession();
    const renewed = 'renewed';
    const network = openNetwork()
      .on('GET /api/v1/auth/me', ({ headers }) =>
        headers.get('authorization')?.endsWith(renewed)
          ? { body: { profile: { full_name: 'Ada Lovelace' } } }
          : { status: 401, body: { code: 'unauthenticated', message: 'Too old.' } },
      )
      .on('POST /auth/v1/token', () => {
        const session = JSON.parse(localStorage.getItem('headwater-session') ?? '{}');
        return { body: { ...session, access_token: `${session.access_token}${renewed}` } };
      });
    const { user } = openDashboard('/', { network });
    await user.click(await screen.findByRole('button', { name: /Your account/ }));
    expect(await screen.findByText('Ada Lovelace')).toBeInTheDocument();
    expect(network.to('POST /auth/v1/token')).toHaveLength(1);
  });
});

describe('the palette', () => {
  it('goes to pages and runs commands by keys alone', async () => {
    keepSession();
    const build = vi.fn();
    const { user } = openDashboard('/', { feature: makeFeature(build) });
    await screen.findByRole('heading', { name: 'Home page' });
    await user.keyboard('{Control>}k{/Control}');
    await user.type(await screen.findByRole('combobox', { name: 'Search or go to' }), 'dam');
    expect(screen.getAllByRole('option')).toHaveLength(1);
    await user.keyboard('{Enter}');
    expect(build).toHaveBeenCalledOnce();
    await user.keyboard('{Control>}k{/Control}');
    const again = await screen.findAllByRole('option');
    expect(again[0]).toHaveTextContent('Build a dam');
    await user.type(screen.getByRole('combobox'), 'riv{Enter}');
    expect(await screen.findByRole('heading', { name: 'Rivers page' })).toBeInTheDocument();
  });

  it('says so when nothing is called that', async () => {
    keepSession();
    const { user } = openDashboard('/');
    await user.click(await screen.findByRole('button', { name: /Search or go to…\s*Ctrl/ }));
    await user.type(await screen.findByRole('combobox'), 'zzz');
    expect(screen.getByText('Nothing is called that.')).toBeInTheDocument();
  });
});

describe('keys', () => {
  it('go to pages one after the other, show themselves, and can be turned off', async () => {
    keepSession();
    const { user, router } = openDashboard('/');
    await screen.findByRole('heading', { name: 'Home page' });
    await user.keyboard('gr');
    expect(await screen.findByRole('heading', { name: 'Rivers page' })).toBeInTheDocument();
    await user.keyboard('?');
    const help = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(within(help).getByText('Go to Rivers')).toBeInTheDocument();
    await user.click(within(help).getByRole('switch', { name: /Shortcuts of single keys/ }));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    await user.keyboard('gh');
    expect(router.state.location.pathname).toBe('/rivers');
  });
});

describe('products', () => {
  const lakes = () => ({
    ...makeFeature(),
    name: 'lakes',
    isProduct: true,
    navigation: [{ label: 'Lakes', target: { to: '/rivers' }, icon: IconWorld, section: 'work' as const, order: 20 }],
  });

  it('are in the navigation and at their addresses where they are installed', async () => {
    keepSession();
    openDashboard('/rivers', { feature: { ...lakes(), name: 'rivers' } });
    expect(await screen.findByRole('heading', { name: 'Rivers page' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Lakes', ...PLACED })).toBeInTheDocument();
  });

  it('are nowhere where they are not installed', async () => {
    keepSession();
    const { user } = openDashboard('/rivers', { feature: lakes() });
    expect(await screen.findByText('There is nothing at this address')).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Lakes', ...PLACED })).not.toBeInTheDocument();
    await user.keyboard('{Control>}k{/Control}');
    expect(await screen.findByRole('option', { name: /Keyboard shortcuts/ })).toBeInTheDocument();
    expect(screen.queryByRole('option', { name: /Build a dam/ })).not.toBeInTheDocument();
  });
});
