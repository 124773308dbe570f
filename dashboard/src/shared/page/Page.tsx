import { Anchor, Box, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LinkTarget } from '../feature/addresses';

interface PageProps {
  title: string;
  /** A sentence below the title. */
  description?: ReactNode;
  /** Buttons at the right. */
  actions?: ReactNode;
  /** What this page is in, outermost first. */
  within?: { label: string; target: LinkTarget }[];
  /** `narrow` for forms and text, `wide` for lists; `full` takes all there is. */
  width?: 'narrow' | 'wide' | 'full';
  children: ReactNode;
}

const WIDTHS = { narrow: 760, wide: 1680, full: '100%' } as const;

/** A page: its title (in the tab too), what one can do, and its content. */
export function Page({ title, description, actions, within = [], width = 'wide', children }: PageProps) {
  useDocumentTitle(`${title} · Headwater`);
  return (
    <Box maw={WIDTHS[width]} mx="auto" w="100%">
      <Group justify="space-between" align="flex-end" mb="lg" gap="md">
        <Stack gap={2} flex="1 1 280px" miw={0}>
          {within.length > 0 && (
            <Breadcrumbs separatorMargin={6} fz="sm" aria-label="Breadcrumbs">
              {within.map(({ label, target }) => (
                <Anchor key={label} component={Link} {...target} size="sm" c="dimmed">
                  {label}
                </Anchor>
              ))}
            </Breadcrumbs>
          )}
          <Title order={1} size="h2" id="page-title" style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {description && (
            <Text c="dimmed" component="div">
              {description}
            </Text>
          )}
        </Stack>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
