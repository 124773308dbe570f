import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconMessageQuestion } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { UserQuery } from '@/api';
import { watchQueriesListQueriesInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/Page';
import { Empty, QueryStates } from '@/shared/states';
import { RelativeTime } from '@/shared/time';
import { useWorkspace } from '@/shared/workspace';
import { useLiveQueries } from '../live';
import { MoreButton } from '../parts/MoreButton';
import { nextPage, PAGE } from '../parts/paging';
import { Tag } from '../parts/Tag';
import { AskForm } from './AskForm';

const route = getRouteApi('/signed-in/watch/ask');

/** What do you want to know about? */
export default function AskPage() {
  const { q } = route.useSearch();
  const { can } = useWorkspace();
  useLiveQueries();
  const pages = useInfiniteQuery({
    ...watchQueriesListQueriesInfiniteOptions({ query: { limit: PAGE } }),
    initialPageParam: {},
    getNextPageParam: nextPage,
  });
  return (
    <Page
      title="What do you want to know about?"
      description="Say it in your own words. The pages worth watching are found for you; you choose which to keep."
      width="narrow"
    >
      <Stack gap="xl">
        {can('editor') && <AskForm initial={q ?? ''} />}
        <section aria-labelledby="asked-before">
          <Title order={2} size="h5" mb="xs" id="asked-before">
            Asked before
          </Title>
          <QueryStates
            query={pages}
            what="The questions could not be loaded"
            isEmpty={(data) => data.pages.every((page) => page.length === 0)}
            empty={
              <Empty icon={IconMessageQuestion} title="Nothing asked yet">
                Your questions stay here with what was found for them.
              </Empty>
            }
          >
            {(data) => (
              <Paper withBorder radius="lg" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
                {data.pages.flat().map((query, place) => (
                  <Asked key={query.id} query={query} isFirst={place === 0} />
                ))}
              </Paper>
            )}
          </QueryStates>
          <MoreButton pages={pages} what="questions" />
        </section>
      </Stack>
    </Page>
  );
}

function Asked({ query, isFirst }: { query: UserQuery; isFirst: boolean }) {
  const found = query.suggestions.length;
  const states = {
    pending: { label: 'Looking…', colour: 'blue' },
    discovered: { label: found === 1 ? '1 source found' : `${found} sources found`, colour: 'water' },
    failed: { label: 'Nothing found', colour: 'orange' },
  } as const;
  const state = states[query.status];
  return (
    <li style={isFirst ? undefined : { borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Group px="md" py="sm" justify="space-between" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Anchor component={Link} to={`/watch/ask/${query.id}`} fw={600} c="var(--mantine-color-text)" lineClamp={2}>
            {query.raw_query}
          </Anchor>
          <Text size="xs" c="dimmed">
            <RelativeTime value={query.created_at} />
          </Text>
        </div>
        <Tag colour={state.colour}>{state.label}</Tag>
      </Group>
    </li>
  );
}
