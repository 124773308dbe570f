import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { jobs } from '@/features/jobs/feature';
import { keepSession, openDashboard, openNetwork, WORKSPACES } from '../../fixtures/stage';
import { makeJob } from './jobs';

const NONE = { queued: 0, running: 0, retrying: 0, succeeded: 0, failed: 0, cancelled: 0 };
const FAILED = makeJob({ state: 'failed', error: 'The site is gone.', finished_at: '2026-03-01T12:01:00Z' });

function openJobs(path: string, items = [FAILED], failed = items.length) {
  keepSession();
  const kinds = [{ kind: 'watch.check_now', total: items.length, failed }];
  const network = openNetwork()
    .on('GET /api/v1/jobs', { body: { items, next_cursor: null } })
    .on('GET /api/v1/jobs/counts', { body: { states: { ...NONE, failed }, kinds } });
  return openDashboard(path, { network, feature: jobs });
}

describe('the list of jobs', () => {
  it('shows why a job failed and puts it back into its queue', async () => {
    const { network, user } = openJobs('/jobs?state=failed');
    network.on(`POST /api/v1/jobs/${FAILED.id}/replay`, { body: { ...FAILED, state: 'queued', error: null } });
    expect(await screen.findByText('The site is gone.')).toBeInTheDocument();
    expect(network.to('GET /api/v1/jobs')[0]?.query.get('state')).toBe('failed');
    await user.click(screen.getByRole('button', { name: 'Replay Acme prices' }));
    expect(await screen.findByText('The job is back in its queue.')).toBeInTheDocument();
  });

  it('replays all of them, in as many turns as it takes, after asking', async () => {
    const { network, user } = openJobs('/jobs?state=failed&kind=watch.check_now', [FAILED], 700);
    const answers = [
      { replayed: 500, left: 200 },
      { replayed: 200, left: 0 },
    ];
    network.on('POST /api/v1/jobs/replay', () => ({ body: answers.shift() }));
    await user.click(await screen.findByRole('button', { name: 'Replay all 700' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Replay 700' }));
    expect(await screen.findByText('700 jobs are back in their queues.')).toBeInTheDocument();
    expect(network.to('POST /api/v1/jobs/replay').map(({ body }) => body)).toEqual([
      { kind: 'watch.check_now' },
      { kind: 'watch.check_now' },
    ]);
  });

  it('asks before it cancels, and says what the server answered', async () => {
    const running = makeJob();
    const { network, user } = openJobs('/jobs', [running], 0);
    const refusal = { code: 'job_ended', message: 'This job has ended already.', hint: null, details: null };
    network.on(`POST /api/v1/jobs/${running.id}/cancel`, { status: 409, body: refusal });
    await user.click(await screen.findByRole('button', { name: 'Cancel Acme prices' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Cancel job' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('This job has ended already.');
  });

  it('narrows the list by state, in the address too', async () => {
    const { network, router, user } = openJobs('/jobs');
    await user.click(await screen.findByRole('button', { name: /^Failed/ }));
    await waitFor(() => expect(router.state.location.search).toEqual({ state: 'failed' }));
    await waitFor(() => expect(network.to('GET /api/v1/jobs').at(-1)?.query.get('state')).toBe('failed'));
  });

  it('shows a job that arrives without being asked', async () => {
    const { realtime } = openJobs('/jobs', [], 0);
    expect(await screen.findByText('Nothing has run yet')).toBeInTheDocument();
    await waitFor(() => expect(realtime.joins).toBeGreaterThan(0));
    realtime.insert('jobs', { ...makeJob({ summary: 'Northwind status' }) });
    expect(await screen.findByText('Northwind status')).toBeInTheDocument();
  });

  it('offers nothing to do to a viewer', async () => {
    localStorage.setItem('headwater-workspace', WORKSPACES[1]?.id ?? '');
    openJobs('/jobs?state=failed');
    expect(await screen.findByText('The site is gone.')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Replay/ })).not.toBeInTheDocument();
  });

  it('says what went wrong and tries again', async () => {
    const { network, user } = openJobs('/jobs');
    network.on('GET /api/v1/jobs', {
      status: 403,
      body: { code: 'forbidden', message: 'You may not.', hint: null, details: null },
    });
    expect(await screen.findByText('The jobs could not be loaded')).toBeInTheDocument();
    network.on('GET /api/v1/jobs', { body: { items: [FAILED], next_cursor: null } });
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('The site is gone.')).toBeInTheDocument();
  });
});

describe('one job', () => {
  it('shows what is known of it', async () => {
    keepSession();
    const network = openNetwork().on(`GET /api/v1/jobs/${FAILED.id}`, { body: FAILED });
    openDashboard(`/jobs/${FAILED.id}`, { network, feature: jobs });
    expect(await screen.findByRole('heading', { level: 1, name: 'Acme prices' })).toBeInTheDocument();
    expect(screen.getByText('It failed for good')).toBeInTheDocument();
    expect(screen.getByText('1 of 5')).toBeInTheDocument();
  });
});
