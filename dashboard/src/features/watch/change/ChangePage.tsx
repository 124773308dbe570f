import { Button, Group, Kbd, Stack, Text } from '@mantine/core';
import { IconArrowBackUp, IconArrowDown, IconArrowUp, IconCheck } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Alert, ReadableDiff } from '@/api';
import {
  watchAlertsListAlertsOptions,
  watchAlertsReadAlertOptions,
  watchDifferencesReadAlertDiffOptions,
} from '@/api/@tanstack/react-query.gen';
import { SeverityBadge } from '@/shared/badges/SeverityBadge';
import { Tag } from '@/shared/badges/Tag';
import { EventDeliveries } from '@/shared/deliveries/EventDeliveries';
import { useKeys } from '@/shared/keyboard/useKeys';
import { ExternalLink } from '@/shared/page/ExternalLink';
import { Page } from '@/shared/page/Page';
import { Failed, ListSkeleton, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import { useAcknowledge } from '../alerts/acknowledging';
import { links } from '../links';
import { useLiveAlerts } from '../live';
import { ChangeFacts } from './ChangeFacts';
import classes from './change.module.css';
import { DiffView } from './DiffView';
import { ScoreCard } from './ScoreCard';

const WIDER = 20;

/** One change: what it was, how severe it is and why, and who was notified. */
export default function ChangePage() {
  const { alertId } = links.alert.useParams();
  const [context, setContext] = useState(2);
  useLiveAlerts();
  const alert = useQuery(watchAlertsReadAlertOptions({ path: { alert_id: alertId } }));
  const diff = useQuery({
    ...watchDifferencesReadAlertDiffOptions({ path: { alert_id: alertId }, query: { context } }),
    // A change never changes; only its surroundings are asked for again.
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  if (alert.isError && !alert.data) {
    return (
      <Page title="Change" within={[{ label: 'Alerts', target: links.alerts() }]}>
        <Failed error={alert.error} what="This change could not be loaded" onRetry={() => void alert.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={alert.data?.summary ?? 'Change'}
      width="full"
      within={[
        { label: 'Alerts', target: links.alerts() },
        ...(alert.data
          ? [{ label: alert.data.source_name, target: links.source({ sourceId: alert.data.monitored_source_id }) }]
          : []),
      ]}
      description={alert.data && <Heading alert={alert.data} />}
      actions={alert.data && <Actions alert={alert.data} />}
    >
      <div className={classes.columns}>
        <div className={classes.main}>
          <QueryStates
            query={diff}
            what="The difference could not be loaded"
            skeleton={<ListSkeleton rows={4} height={72} />}
          >
            {(found: ReadableDiff) => (
              <DiffView diff={found} onWiden={context < WIDER ? () => setContext(WIDER) : undefined} />
            )}
          </QueryStates>
        </div>
        <Stack className={classes.side} gap="md" component="aside" aria-label="About this change">
          {diff.data && <ScoreCard diff={diff.data} />}
          {diff.data && alert.data && <ChangeFacts diff={diff.data} alert={alert.data} />}
          <EventDeliveries kind="watch.alert" eventId={alertId} />
        </Stack>
      </div>
    </Page>
  );
}

function Heading({ alert }: { alert: Alert }) {
  return (
    <Group gap="sm" mt={4}>
      <SeverityBadge severity={alert.severity} score={alert.score} />
      <Text size="sm" span>
        <RelativeTime value={alert.created_at} />
      </Text>
      {alert.acknowledged_at && (
        <Tag color="gray" icon={IconCheck}>
          Acknowledged <RelativeTime value={alert.acknowledged_at} />
        </Tag>
      )}
      <ExternalLink url={alert.source_url} size="sm" />
    </Group>
  );
}

/** Acknowledge, and go to the alert before or after in the list. */
function Actions({ alert }: { alert: Alert }) {
  const { can } = useWorkspace();
  const navigate = useNavigate();
  const acknowledge = useAcknowledge();
  const all = useQuery(watchAlertsListAlertsOptions({ query: { limit: 200 } }));
  const place = all.data?.findIndex(({ id }) => id === alert.id) ?? -1;
  const neighbours = { newer: all.data?.[place - 1], older: place === -1 ? undefined : all.data?.[place + 1] };
  const go = (to: Alert | undefined) => {
    if (to) void navigate(links.alert({ alertId: to.id }));
  };
  const isOpen = !alert.acknowledged_at;
  const toggle = () => acknowledge.mutate({ ids: [alert.id], undo: !isOpen });
  useKeys({
    n: () => go(neighbours.older),
    p: () => go(neighbours.newer),
    e: () => can('editor') && toggle(),
  });
  return (
    <>
      <Button.Group>
        <Button
          variant="default"
          px={10}
          disabled={!neighbours.newer}
          onClick={() => go(neighbours.newer)}
          aria-label="Newer alert (p)"
        >
          <IconArrowUp size={16} />
        </Button>
        <Button
          variant="default"
          px={10}
          disabled={!neighbours.older}
          onClick={() => go(neighbours.older)}
          aria-label="Older alert (n)"
        >
          <IconArrowDown size={16} />
        </Button>
      </Button.Group>
      {can('editor') && (
        <Button
          variant={isOpen ? 'filled' : 'default'}
          leftSection={isOpen ? <IconCheck size={16} /> : <IconArrowBackUp size={16} />}
          rightSection={
            <Kbd size="xs" visibleFrom="md" aria-hidden>
              e
            </Kbd>
          }
          onClick={toggle}
        >
          {isOpen ? 'Acknowledge' : 'Open again'}
        </Button>
      )}
    </>
  );
}
