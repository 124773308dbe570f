import { Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { watchDifferencesReadVersionsDiffOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { ListSkeleton, QueryStates } from '@/shared/page/states';
import { links } from '../links';
import classes from './change.module.css';
import { DiffView } from './DiffView';
import { ScoreCard } from './ScoreCard';

const WIDER = 20;

/** What lies between any two versions of a source. */
export default function ComparisonPage() {
  const { sourceId, fromId, toId } = links.comparison.useParams();
  const [context, setContext] = useState(2);
  const diff = useQuery({
    ...watchDifferencesReadVersionsDiffOptions({
      path: { source_id: sourceId, from_id: fromId, to_id: toId },
      query: { context },
    }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={diff.data?.summary ?? 'Two versions'}
      width="full"
      within={[
        { label: 'Sources', target: links.sources() },
        { label: diff.data?.source_name ?? 'Source', target: links.source({ sourceId }) },
      ]}
      description="Two versions, compared as a check would compare them."
    >
      <QueryStates
        query={diff}
        what="The versions could not be compared"
        skeleton={<ListSkeleton rows={4} height={72} />}
      >
        {(found) => (
          <div className={classes.columns}>
            <DiffView diff={found} onWiden={context < WIDER ? () => setContext(WIDER) : undefined} />
            <Stack className={classes.side}>
              <ScoreCard diff={found} />
            </Stack>
          </div>
        )}
      </QueryStates>
    </Page>
  );
}
