import { Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { watchSourcesReadSourceOptions, watchSourcesReadVersionOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { ListSkeleton, QueryStates } from '@/shared/page/states';
import { formatMoment } from '@/shared/time';
import { links } from '../links';

/** The text of a page as it was stored. */
export default function SnapshotPage() {
  const { sourceId, versionId } = links.version.useParams();
  const source = useQuery(watchSourcesReadSourceOptions({ path: { source_id: sourceId } }));
  const version = useQuery({
    ...watchSourcesReadVersionOptions({ path: { source_id: sourceId, version_id: versionId } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page
      title={version.data?.title || 'Stored text'}
      width="narrow"
      within={[
        { label: 'Sources', target: links.sources() },
        { label: source.data?.name ?? 'Source', target: links.source({ sourceId }) },
      ]}
      description={version.data && `The text as it was stored on ${formatMoment(version.data.created_at)}.`}
    >
      <QueryStates
        query={version}
        what="The stored text could not be loaded"
        skeleton={<ListSkeleton rows={8} height={28} />}
      >
        {({ content }) => (
          <Paper withBorder radius="lg" p="lg" component="article">
            {content.split('\n').map((passage, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a passage is its place.
              <Text key={place} mb={8} style={{ overflowWrap: 'anywhere' }}>
                {passage}
              </Text>
            ))}
          </Paper>
        )}
      </QueryStates>
    </Page>
  );
}
