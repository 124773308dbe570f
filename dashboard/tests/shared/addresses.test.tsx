import { Button } from '@mantine/core';
import { IconWorld } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { address, readTarget } from '@/shared/feature/addresses';
import { type Feature, listInstalled } from '@/shared/feature/feature';
import { pageRoute } from '@/shared/feature/routes';
import { useSetSearch } from '@/shared/lists/useSetSearch';
import { Page } from '@/shared/page/Page';
import { TabLinks } from '@/shared/page/TabLinks';
import { keepSession, makeFeature, openDashboard } from '../fixtures/stage';

interface FishSearch {
  color?: string;
}

const readFishSearch = ({ color }: Record<string, unknown>): FishSearch => (typeof color === 'string' ? { color } : {});
const links = {
  ponds: address('/ponds'),
  fish: address('/ponds/$pondId/fish/$fishId', readFishSearch),
};

function PondsPage() {
  return (
    <Page title="Ponds">
      <Link {...links.fish({ pondId: 'north', fishId: 'a/b' }, { color: 'red' })}>A red fish</Link>
      <Link {...readTarget('/ponds/south/fish/7?color=blue')}>What the server found</Link>
    </Page>
  );
}

function FishPage() {
  const { pondId, fishId } = links.fish.useParams();
  const { color = 'grey' } = links.fish.useSearch();
  const setSearch = useSetSearch<FishSearch>();
  return (
    <Page title={`Fish ${fishId}`} within={[{ label: 'Ponds', target: links.ponds() }]}>
      <TabLinks label="Pond" tabs={[{ label: 'All ponds', target: links.ponds() }]} />
      <p>{`${color}, in ${pondId}`}</p>
      <Button onClick={() => setSearch({ color: 'green' })}>Paint it green</Button>
    </Page>
  );
}

const feature: Feature = {
  ...makeFeature(),
  routes: [pageRoute(links.ponds, PondsPage), pageRoute(links.fish, FishPage)],
};

describe('an address', () => {
  it('makes links that the page behind them reads, with parameters and filters', async () => {
    keepSession();
    const { user, router } = openDashboard('/ponds', { feature });
    const link = await screen.findByRole('link', { name: 'A red fish' });
    expect(link).toHaveAttribute('href', '/ponds/north/fish/a%2Fb?color=red');
    await user.click(link);
    expect(await screen.findByText('red, in north')).toBeInTheDocument();
    expect(screen.getByRole('heading', { name: 'Fish a/b' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Ponds' })).toHaveAttribute('href', '/ponds');
    expect(screen.getByRole('link', { name: 'All ponds' })).toHaveAttribute('href', '/ponds');
    await user.click(screen.getByRole('button', { name: 'Paint it green' }));
    expect(await screen.findByText('green, in north')).toBeInTheDocument();
    // Going back leads to the page before, not to the filter before.
    router.history.back();
    expect(await screen.findByRole('link', { name: 'A red fish' })).toBeInTheDocument();
  });

  it('is read from a path of the server with its filters', async () => {
    keepSession();
    const { user, router } = openDashboard('/ponds', { feature });
    await user.click(await screen.findByRole('link', { name: 'What the server found' }));
    expect(await screen.findByText('blue, in south')).toBeInTheDocument();
    await waitFor(() => expect(router.state.location.href).toBe('/ponds/south/fish/7?color=blue'));
  });
});

describe('listInstalled', () => {
  it('leaves out products that the installation lacks, and nothing else', () => {
    const make = (name: string, isProduct?: boolean): Feature => ({
      ...makeFeature(),
      name,
      isProduct,
      icon: IconWorld,
    });
    const features = [make('home'), make('watch', true), make('datasets', true)];
    expect(listInstalled(features, ['watch']).map(({ name }) => name)).toEqual(['home', 'watch']);
  });
});
