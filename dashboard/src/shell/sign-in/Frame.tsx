import { Box, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Logo } from '../Logo';
import classes from './Frame.module.css';

interface FrameProps {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** Links below the form. */
  footer?: ReactNode;
}

/** What the pages before a session have in common. */
export function Frame({ title, description, children, footer }: FrameProps) {
  useDocumentTitle(`${title} · Headwater`);
  return (
    <div className={classes.page}>
      <Aside />
      <main className={classes.main}>
        <Stack gap="lg" className={classes.form}>
          <Box hiddenFrom="md">
            <Logo />
          </Box>
          <Stack gap={4}>
            <Title order={1} size="h1">
              {title}
            </Title>
            {description && <Text c="dimmed">{description}</Text>}
          </Stack>
          {children}
          {footer && (
            <Text component="div" c="dimmed" ta="center">
              {footer}
            </Text>
          )}
        </Stack>
      </main>
    </div>
  );
}

function Aside() {
  return (
    <aside className={classes.side} aria-label="About Headwater">
      <Logo />
      <Stack gap="sm" maw={440} pos="relative" style={{ zIndex: 1 }}>
        <Text fz={30} fw={620} lh={1.2} style={{ letterSpacing: '-0.02em' }}>
          Know when something that matters changes.
        </Text>
        <Text fz={16} opacity={0.85}>
          Headwater watches the pages and feeds that you care about, tells what changed and how much it matters, and
          brings it to you as it happens.
        </Text>
      </Stack>
      <Text size="sm" opacity={0.7} pos="relative" style={{ zIndex: 1 }}>
        Your data stays in your own Postgres.
      </Text>
      <svg className={classes.waves} viewBox="0 0 600 260" aria-hidden="true" preserveAspectRatio="none">
        {[0, 1, 2, 3, 4].map((row) => (
          <path
            key={row}
            d={`M-60 ${60 + row * 44}c75 0 75-34 150-34s75 34 150 34 75-34 150-34 75 34 150 34 75-34 150-34`}
            fill="none"
            stroke="#fff"
            strokeWidth="10"
            strokeLinecap="round"
          />
        ))}
      </svg>
    </aside>
  );
}
