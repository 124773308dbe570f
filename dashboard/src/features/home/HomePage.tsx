import { Button, Card, Group, Select, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { OverviewAnswer, Start } from '@/api';
import { overviewReadOverviewOptions, overviewReadOverviewQueryKey } from '@/api/@tanstack/react-query.gen';
import { readTarget } from '@/shared/feature/addresses';
import { useLiveTable } from '@/shared/live';
import { Page } from '@/shared/page/Page';
import { QueryStates } from '@/shared/page/states';
import { useConfig } from '@/shared/platform/config';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import { Happenings } from './Happenings';
import classes from './home.module.css';
import { SectionCard } from './SectionCard';
import { gather } from './tones';
import { useVisit } from './visit';

const SPANS = [
  { value: '1', label: 'A day' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];

/** The first page: what happened since one was here, and how everything stands. */
export function HomePage() {
  const visit = useVisit();
  const [days, setDays] = useState('7');
  const query = useQuery({
    ...overviewReadOverviewOptions({ query: { days: Number(days), points: 84 } }),
    enabled: visit.isKnown,
    placeholderData: (before) => before,
    // Checks that find nothing new are in no published table.
    refetchInterval: 60_000,
  });
  const tables = [...new Set(query.data?.sections.flatMap(({ follows }) => follows))];
  return (
    <Page
      title="Home"
      description={query.data && <Since moment={query.data.since} isFirst={visit.isFirst} />}
      actions={
        <Select
          aria-label="How far back the trends go"
          data={SPANS}
          value={days}
          onChange={(value) => value && setDays(value)}
          allowDeselect={false}
          w={110}
        />
      }
    >
      {tables.map((table) => (
        <Follow key={table} table={table} />
      ))}
      <QueryStates query={query} what="The overview could not be loaded" skeleton={<HomeSkeleton />}>
        {(overview) => <Overview overview={overview} />}
      </QueryStates>
    </Page>
  );
}

function Since({ moment, isFirst }: { moment: string; isFirst: boolean }) {
  if (isFirst) return <>Welcome. This is what happened in the last seven days.</>;
  return (
    <>
      What is new since you were here <RelativeTime value={moment} />
    </>
  );
}

/** Keeps the overview up to date with one table. */
function Follow({ table }: { table: string }) {
  const { workspace } = useWorkspace();
  useLiveTable(table, `workspace_id=eq.${workspace.id}`, [overviewReadOverviewQueryKey()]);
  return null;
}

function Overview({ overview }: { overview: OverviewAnswer }) {
  const starts = overview.sections.flatMap(({ start }) => (start ? [start] : []));
  return (
    <div className={classes.page}>
      {starts.map((start) => (
        <FirstStep key={start.link} start={start} />
      ))}
      <div className={classes.cards}>
        {overview.sections.map((section) => (
          <SectionCard key={section.name} section={section} />
        ))}
      </div>
      <Happenings items={gather(overview.sections)} />
    </div>
  );
}

function FirstStep({ start }: { start: Start }) {
  return (
    <Card withBorder p="xl" className={classes.start}>
      <Group justify="space-between" gap="lg">
        <div className={classes.startText}>
          <Title order={2} size="h3">
            {start.title}
          </Title>
          <Text mt={4}>{start.text}</Text>
        </div>
        <Button component={Link} {...readTarget(start.link)} size="md">
          {start.label}
        </Button>
      </Group>
    </Card>
  );
}

// These sections belong to no product.
const ALWAYS_THERE = ['jobs', 'notifications'];

function HomeSkeleton() {
  const { products } = useConfig();
  return (
    <div className={classes.page} role="status" aria-label="Loading">
      <div className={classes.cards}>
        {[...products.map(({ name }) => name), ...ALWAYS_THERE].map((name) => (
          <Skeleton key={name} height={250} radius="md" />
        ))}
      </div>
      <Skeleton height={380} radius="md" />
    </div>
  );
}
