import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Counter, Section } from '@/api';
import { readTarget } from '@/shared/feature/addresses';
import classes from './home.module.css';
import { TrendBars } from './TrendBars';
import { markOf, notable, notableTrends, TEXT } from './tones';

const numbers = new Intl.NumberFormat();

/** One product or room at a glance: what is new, how it stands, how it went. */
export function SectionCard({ section }: { section: Section }) {
  return (
    <Card withBorder p="lg" component="section" aria-labelledby={`overview-${section.name}`}>
      <Stack gap="md" h="100%">
        <Title order={2} size="h5" id={`overview-${section.name}`}>
          {section.title}
        </Title>
        {section.problem ? (
          <Text size="sm" c="var(--mantine-color-error)">
            {section.problem} The rest of this page is complete.
          </Text>
        ) : (
          <>
            <Group gap="lg" align="flex-start">
              {notable(section.since).map((counter) => (
                <BigNumber key={counter.name} counter={counter} />
              ))}
            </Group>
            {notableTrends(section.trends).map((trend) => (
              <TrendBars key={trend.name} trend={trend} />
            ))}
            <Standing counters={section.now} />
          </>
        )}
      </Stack>
    </Card>
  );
}

function BigNumber({ counter }: { counter: Counter }) {
  return (
    <MaybeLink to={counter.link}>
      <span className={classes.big} style={{ color: TEXT[counter.tone] }}>
        {numbers.format(counter.value)}
      </span>
      <span className={classes.small}>{counter.label}</span>
    </MaybeLink>
  );
}

function Standing({ counters }: { counters: Counter[] }) {
  return (
    <ul className={classes.standing} aria-label="How it stands">
      {notable(counters).map((counter) => (
        <li key={counter.name}>
          <span className={classes.dot} style={{ background: markOf(counter) }} aria-hidden />
          <MaybeLink to={counter.link}>
            <b>{numbers.format(counter.value)}</b> {counter.label}
          </MaybeLink>
        </li>
      ))}
    </ul>
  );
}

function MaybeLink({ to, children }: { to: string | null; children: ReactNode }) {
  if (!to) return <span>{children}</span>;
  return (
    <Anchor component={Link} {...readTarget(to)} c="inherit" underline="hover" inherit>
      {children}
    </Anchor>
  );
}
