import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { UserQuery } from '@/api';
import { watch } from '@/features/watch/feature';
import { keepSession, openDashboard, openNetwork } from '../../fixtures/stage';
import { makeQuery, makeSource } from './made';

function open(path: string, network = openNetwork()) {
  keepSession();
  return openDashboard(path, { network, feature: watch });
}

describe('asking', () => {
  const FOUND = [
    { url: 'https://acme.example/pricing', title: 'Pricing', kind: 'website' as const, reason: 'It has the prices.' },
    { url: 'https://acme.example/feed.xml', title: 'Changelog', kind: 'rss' as const, reason: 'Each entry shows up.' },
  ];

  it('sends the question on Enter and goes to where its sources appear', async () => {
    const network = openNetwork()
      .on('GET /api/v1/user-queries', [])
      .on('POST /api/v1/user-queries', { status: 201, body: makeQuery() })
      .on('GET /api/v1/user-queries/q1', { body: makeQuery() })
      .on('GET /api/v1/monitored-sources', []);
    const { user, router } = open('/watch/ask', network);
    await user.type(await screen.findByRole('textbox'), 'price changes at acme.example{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/watch/ask/q1'));
    expect(network.to('POST /api/v1/user-queries')[0]?.body).toEqual({ raw_query: 'price changes at acme.example' });
    expect(await screen.findByText(/Looking for pages/)).toBeInTheDocument();
  });

  it('shows sources as they are found, and watches those that are kept', async () => {
    let query: UserQuery = makeQuery();
    const sources: ReturnType<typeof makeSource>[] = [];
    const network = openNetwork()
      .on('GET /api/v1/user-queries/q1', () => ({ body: query }))
      .on('GET /api/v1/monitored-sources', () => sources)
      .on('POST /api/v1/user-queries/q1/watch', () => {
        sources.push(makeSource({ user_query_id: 'q1' }));
        return { status: 201, body: sources };
      });
    const { user, realtime } = open('/watch/ask/q1', network);
    await screen.findByText(/Looking for pages/);
    await waitFor(() => expect(realtime.joins).toBeGreaterThan(1));
    query = { ...query, suggestions: FOUND.slice(0, 1) };
    realtime.insert('user_queries', { ...query });
    expect(await screen.findByText('It has the prices.')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Watch 1 source' })).toBeDisabled();
    query = { ...query, suggestions: FOUND, status: 'discovered' };
    realtime.insert('user_queries', { ...query });
    await user.click(await screen.findByRole('checkbox', { name: 'Watch Changelog' }));
    await user.click(screen.getByRole('button', { name: 'Watch 1 source' }));
    await waitFor(() =>
      expect(network.to('POST /api/v1/user-queries/q1/watch')[0]?.body).toEqual({
        urls: ['https://acme.example/pricing'],
      }),
    );
    expect(await screen.findByRole('link', { name: 'See what is watched' })).toHaveAttribute(
      'href',
      '/watch/sources?query=q1',
    );
  });

  it('says what to add when nothing was found', async () => {
    const failed = makeQuery({ status: 'failed', error: 'Name a site to look at.' });
    const network = openNetwork()
      .on('GET /api/v1/user-queries/q1', { body: failed })
      .on('GET /api/v1/monitored-sources', []);
    open('/watch/ask/q1', network);
    expect(await screen.findByText('Name a site to look at.')).toBeInTheDocument();
    expect(screen.getByRole('textbox')).toHaveValue('price changes at acme.example');
  });
});

describe('sources', () => {
  it('deletes what is selected and restores it', async () => {
    let sources = [makeSource()];
    const network = openNetwork()
      .on('GET /api/v1/monitored-sources', () => sources)
      .on('DELETE /api/v1/monitored-sources/s1', () => {
        sources = [];
        return { status: 204 };
      })
      .on('POST /api/v1/monitored-sources/s1/restore', () => {
        sources = [makeSource()];
        return { body: makeSource() };
      });
    const { user } = open('/watch/sources', network);
    await user.click(await screen.findByRole('checkbox', { name: 'Select Acme prices' }));
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('Nothing is watched yet')).toBeInTheDocument();
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(await screen.findByRole('link', { name: 'Acme prices' })).toBeInTheDocument();
  });

  it('pauses only what is awake, so that an undo wakes nobody who slept before', async () => {
    const network = openNetwork()
      .on('GET /api/v1/monitored-sources', [makeSource(), makeSource({ id: 's2', name: 'Sleeper', status: 'paused' })])
      .on('PATCH /api/v1/monitored-sources/s1', { body: makeSource({ status: 'paused' }) });
    const { user } = open('/watch/sources', network);
    await user.click(await screen.findByRole('checkbox', { name: 'Select all' }));
    await user.click(screen.getByRole('button', { name: 'Pause' }));
    expect(await screen.findByText('The source is paused.')).toBeInTheDocument();
    expect(network.to('PATCH /api/v1/monitored-sources/s1')).toHaveLength(1);
    expect(network.to('PATCH /api/v1/monitored-sources/s2')).toHaveLength(0);
  });

  it('looks at an address before it is watched, and names the source that watches it already', async () => {
    const refusal = { code: 'already_watched', message: 'This page is watched already.', details: { id: 's9' } };
    const network = openNetwork()
      .on('GET /api/v1/monitored-sources', [])
      .on('POST /api/v1/discover-sources/', {
        body: {
          refined_query: 'acme.example',
          monitorable_urls: [
            { url: 'https://acme.example/', title: 'Acme', kind: 'website', reason: 'The page that you named.' },
          ],
        },
      })
      .on('POST /api/v1/monitored-sources', { status: 409, body: refusal });
    const { user } = open('/watch/sources?dialog=add', network);
    await user.type(await screen.findByRole('textbox', { name: /^Address/ }), 'acme.example{Enter}');
    expect(await screen.findByRole('radio', { name: /The page that you named/ })).toBeChecked();
    await user.click(screen.getByRole('button', { name: 'Watch it' }));
    expect(await screen.findByRole('link', { name: /source that watches it/ })).toHaveAttribute(
      'href',
      '/watch/sources/s9',
    );
    expect(network.to('POST /api/v1/monitored-sources')[0]?.body).toMatchObject({
      url: 'https://acme.example/',
      name: 'Acme',
      check_interval: 3600,
    });
  });
});
