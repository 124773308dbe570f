import { Alert, Button, Group, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { type Icon, IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { explain } from '../platform/errors';

/** Grey bars where a list will be. */
export function ListSkeleton({ rows = 5, height = 56 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity.
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </Stack>
  );
}

export interface EmptyProps {
  icon: Icon;
  title: string;
  /** What to do next, in a sentence. */
  children: ReactNode;
  /** The button or link that does it. */
  action?: ReactNode;
}

/** Nothing here yet, and what to do about it. */
export function Empty({ icon: Picture, title, children, action }: EmptyProps) {
  return (
    <Stack align="center" gap="sm" py={56} px="md" ta="center">
      <ThemeIcon variant="light" size={52} radius="xl" aria-hidden>
        <Picture size={26} stroke={1.6} />
      </ThemeIcon>
      <Title order={3} size="h4">
        {title}
      </Title>
      <Text c="dimmed" maw={440}>
        {children}
      </Text>
      {action}
    </Stack>
  );
}

/** What happened, and a way to try again. */
export function Failed({ error, what, onRetry }: { error: unknown; what?: string; onRetry?: () => void }) {
  const { message, hint } = explain(error);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={what ?? 'This could not be loaded'}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {message} {hint}
        </Text>
        {onRetry && (
          <Button size="xs" color="red" variant="light" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

interface QueryStatesProps<Data> {
  query: UseQueryResult<Data, unknown>;
  /** Said when it fails, such as "The sources could not be loaded". */
  what?: string;
  skeleton?: ReactNode;
  isEmpty?: (data: Data) => boolean;
  empty?: ReactNode;
  children: (data: Data) => ReactNode;
}

/** The four states of whatever is asked for: loading, failed, empty, there. What was there stays when a refresh fails. */
export function QueryStates<Data>({ query, what, skeleton, isEmpty, empty, children }: QueryStatesProps<Data>) {
  if (query.data === undefined) {
    if (query.isError) return <Failed error={query.error} what={what} onRetry={() => void query.refetch()} />;
    return skeleton ?? <ListSkeleton />;
  }
  return (
    <>
      {query.isError && <StaleNote onRetry={() => void query.refetch()} error={query.error} />}
      {isEmpty?.(query.data) ? empty : children(query.data)}
    </>
  );
}

function StaleNote({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Group gap="xs" mb="sm" role="status">
      <Text size="sm" c="dimmed">
        This may be out of date: {explain(error).message}
      </Text>
      <Button size="compact-xs" variant="subtle" onClick={onRetry}>
        Try again
      </Button>
    </Group>
  );
}
