import { Button, Group, Stack, Text } from '@mantine/core';
import { IconRadar } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { UserQuery } from '@/api';
import { watchQueriesWatchFoundMutation, watchSourcesListSourcesOptions } from '@/api/@tanstack/react-query.gen';
import { Failed } from '@/shared/page/states';
import { toastDone } from '@/shared/page/toasts';
import { useWorkspace } from '@/shared/platform/workspace';
import { KEYS } from '../keys';
import { links } from '../links';
import { listChoices } from './choices';
import { SuggestionCard } from './SuggestionCard';

const MAX_SOURCES = 200;

/** What was found, each with why; all are picked until one says otherwise. */
export function Suggestions({ query }: { query: UserQuery }) {
  const { can } = useWorkspace();
  const queries = useQueryClient();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const sources = useQuery(watchSourcesListSourcesOptions({ query: { limit: MAX_SOURCES } }));
  const choices = listChoices(query.suggestions, sources.data ?? [], left);
  const picked = choices.filter(({ state }) => state === 'picked');
  const watched = choices.filter(({ state }) => state === 'watched');
  const watch = useMutation({
    ...watchQueriesWatchFoundMutation(),
    onSuccess: (added) => {
      toastDone(added.length === 1 ? '1 source is watched.' : `${added.length} sources are watched.`);
      void queries.invalidateQueries({ queryKey: KEYS.sources });
    },
  });
  const toggle = (url: string) => {
    const next = new Set(left);
    if (!next.delete(url)) next.add(url);
    setLeft(next);
  };
  const isReady = query.status === 'discovered' && sources.data !== undefined;
  return (
    <Stack gap="sm">
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {choices.map((choice) => (
          <SuggestionCard
            key={choice.found.url}
            choice={choice}
            onToggle={can('editor') && choice.state !== 'watched' ? () => toggle(choice.found.url) : undefined}
          />
        ))}
      </Stack>
      {watch.isError && <Failed error={watch.error} what="The sources are not watched" />}
      {can('editor') && (
        <Group gap="sm">
          {(picked.length > 0 || watched.length === 0) && (
            <Button
              size="md"
              leftSection={<IconRadar size={17} />}
              disabled={!isReady || picked.length === 0}
              loading={watch.isPending}
              onClick={() =>
                watch.mutate({ path: { query_id: query.id }, body: { urls: picked.map(({ found }) => found.url) } })
              }
            >
              {picked.length === 1 ? 'Watch 1 source' : `Watch ${picked.length} sources`}
            </Button>
          )}
          {watched.length > 0 && (
            <Button
              size="md"
              component={Link}
              {...links.sources(
                watched.some(({ source }) => source?.user_query_id === query.id) ? { query: query.id } : {},
              )}
              variant={picked.length > 0 ? 'default' : 'filled'}
            >
              See what is watched
            </Button>
          )}
          {!isReady && query.status === 'pending' && (
            <Text size="sm" c="dimmed">
              You can choose as soon as all is found.
            </Text>
          )}
        </Group>
      )}
    </Stack>
  );
}
