import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconMessageQuestion } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { UserQuery } from '@/api';
import { watchQueriesListQueriesInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { Tag } from '@/shared/badges/Tag';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, nextPage, PAGE_SIZE } from '@/shared/lists/paging';
import { Page } from '@/shared/page/Page';
import { Empty, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import { links } from '../links';
import { useLiveQueries } from '../live';
import { AskForm } from './AskForm';

/** What do you want to know about? */
export default function AskPage() {
  const { q } = links.ask.useSearch();
  const { can } = useWorkspace();
  useLiveQueries();
  const pages = useInfiniteQuery({
    ...watchQueriesListQueriesInfiniteOptions({ query: { limit: PAGE_SIZE } }),
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
            isEmpty={hasNoRows}
            empty={
              <Empty icon={IconMessageQuestion} title="Nothing asked yet">
                Your questions stay here with what was found for them.
              </Empty>
            }
          >
            {(data) => (
              <Paper withBorder radius="lg" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
                {listRows(data).map((query, place) => (
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
    pending: { label: 'Looking…', color: 'blue' },
    discovered: { label: found === 1 ? '1 source found' : `${found} sources found`, color: 'water' },
    failed: { label: 'Nothing found', color: 'orange' },
  } as const;
  const state = states[query.status];
  return (
    <li style={isFirst ? undefined : { borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Group px="md" py="sm" justify="space-between" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Anchor
            component={Link}
            {...links.question({ queryId: query.id })}
            fw={600}
            c="var(--mantine-color-text)"
            lineClamp={2}
          >
            {query.raw_query}
          </Anchor>
          <Text size="xs" c="dimmed">
            <RelativeTime value={query.created_at} />
          </Text>
        </div>
        <Tag color={state.color}>{state.label}</Tag>
      </Group>
    </li>
  );
}
