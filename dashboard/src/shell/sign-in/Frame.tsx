import { Box, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useConfig } from '@/shared/platform/config';
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
  const { products } = useConfig();
  return (
    <aside className={classes.side} aria-label="About Headwater">
      <Logo />
      <Stack component="ul" gap="lg" maw={440} p={0} m={0} pos="relative" style={{ zIndex: 1, listStyle: 'none' }}>
        {products.map(({ name, title, promise }) => (
          <li key={name}>
            <Text fz={products.length === 1 ? 30 : 20} fw={620} lh={1.2} style={{ letterSpacing: '-0.02em' }}>
              {promise}
            </Text>
            <Text fz={16} opacity={0.85} mt={4}>
              {title}
            </Text>
          </li>
        ))}
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
