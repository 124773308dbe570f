import { Alert, Button, Group, Loader, Paper, Stack, Text } from '@mantine/core';
import { IconAlertCircle, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UserQuery } from '@/api';
import { watchQueriesDiscoverAgainMutation, watchQueriesReadQueryOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { ListSkeleton, QueryStates } from '@/shared/page/states';
import { toastFailure } from '@/shared/page/toasts';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import { KEYS } from '../keys';
import { links } from '../links';
import { useLiveQueries, useLiveSources } from '../live';
import { AskForm } from './AskForm';
import { Steps } from './Steps';
import { Suggestions } from './Suggestions';

// Where changes don't flow, a question that is being looked into is asked about now and then.
const LOOK_AGAIN_MS = 4_000;

/** A question: its sources appear as they are found, and one chooses which to watch. */
export default function QueryPage() {
  const { queryId } = links.question.useParams();
  useLiveQueries();
  useLiveSources();
  const query = useQuery({
    ...watchQueriesReadQueryOptions({ path: { query_id: queryId } }),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? LOOK_AGAIN_MS : false),
  });
  return (
    <Page
      title={query.data?.raw_query ?? 'Question'}
      width="narrow"
      within={[{ label: 'Ask', target: links.ask() }]}
      description={
        query.data && (
          <>
            Asked <RelativeTime value={query.data.created_at} />
            {query.data.refined_query && query.data.refined_query !== query.data.raw_query && (
              <>, understood as: “{query.data.refined_query}”</>
            )}
          </>
        )
      }
    >
      <QueryStates query={query} what="This question could not be loaded" skeleton={<ListSkeleton rows={5} />}>
        {(found) => <Progress query={found} key={found.id} />}
      </QueryStates>
    </Page>
  );
}

function Progress({ query }: { query: UserQuery }) {
  return (
    <Stack gap="lg">
      <Steps query={query} />
      <div aria-live="polite" aria-busy={query.status === 'pending'}>
        {query.status === 'pending' && (
          <Group gap="sm" mb="sm">
            <Loader size="sm" aria-hidden />
            <Text size="sm">
              {query.suggestions.length === 0
                ? 'Looking for pages where this would show…'
                : `${query.suggestions.length} found so far, each one fetched and alive. Looking for more…`}
            </Text>
          </Group>
        )}
        {query.status === 'failed' && <NothingFound query={query} />}
      </div>
      {query.suggestions.length > 0 && <Suggestions query={query} />}
      {query.status === 'pending' && <ListSkeleton rows={query.suggestions.length > 0 ? 1 : 3} height={76} />}
      {query.status === 'discovered' && <Again query={query} />}
    </Stack>
  );
}

function NothingFound({ query }: { query: UserQuery }) {
  const { can } = useWorkspace();
  return (
    <Stack>
      <Alert
        color="orange"
        variant="light"
        icon={<IconAlertCircle />}
        title="Nothing was found"
        styles={{ title: { color: 'var(--mantine-color-text)' } }}
      >
        {query.error}
      </Alert>
      {can('editor') && (
        <Paper p={0}>
          <Text size="sm" fw={600} mb={6}>
            Ask again in other words
          </Text>
          <AskForm initial={query.raw_query} />
        </Paper>
      )}
    </Stack>
  );
}

function Again({ query }: { query: UserQuery }) {
  const { can } = useWorkspace();
  const queries = useQueryClient();
  const again = useMutation({
    ...watchQueriesDiscoverAgainMutation(),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEYS.query }),
    onError: (error) => toastFailure('Nobody is looking again', error),
  });
  if (!can('editor')) return null;
  return (
    <Group>
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        leftSection={<IconRefresh size={14} />}
        loading={again.isPending}
        onClick={() => again.mutate({ path: { query_id: query.id } })}
      >
        Look again
      </Button>
    </Group>
  );
}
