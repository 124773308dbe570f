import { CloseButton, Group, Paper, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { watchQueriesReadQueryOptions } from '@/api/@tanstack/react-query.gen';
import type { SourceFilters } from './filters';

interface SourceFilterBarProps {
  filters: SourceFilters;
  onChange: (filters: SourceFilters) => void;
}

const WAIT_MS = 250;

/** Which sources to show. */
export function SourceFilterBar({ filters, onChange }: SourceFilterBarProps) {
  const [typed, setTyped] = useState(filters.search ?? '');
  useEffect(() => setTyped(filters.search ?? ''), [filters.search]);
  const search = useDebouncedCallback(
    (text: string) => onChange({ ...filters, search: text.trim() || undefined }),
    WAIT_MS,
  );
  const change = (text: string) => {
    setTyped(text);
    search(text);
  };
  return (
    <Group gap="sm">
      <TextInput
        aria-label="Search by name or address"
        placeholder="Search by name or address"
        leftSection={<IconSearch size={15} />}
        rightSection={typed && <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />}
        value={typed}
        maxLength={200}
        onChange={(event) => change(event.currentTarget.value)}
        flex="1 1 220px"
        maw={380}
      />
      <SegmentedControl
        aria-label="Which state"
        value={filters.status ?? 'any'}
        onChange={(status) =>
          onChange({
            ...filters,
            status: status === 'active' || status === 'paused' || status === 'error' ? status : undefined,
          })
        }
        data={[
          { value: 'any', label: 'All' },
          { value: 'active', label: 'Active' },
          { value: 'paused', label: 'Paused' },
          { value: 'error', label: 'Stopped' },
        ]}
      />
      {filters.query && <FoundFor queryId={filters.query} onClear={() => onChange({ ...filters, query: undefined })} />}
    </Group>
  );
}

function FoundFor({ queryId, onClear }: { queryId: string; onClear: () => void }) {
  const { data } = useQuery(watchQueriesReadQueryOptions({ path: { query_id: queryId } }));
  return (
    <Paper withBorder radius="md" pl="sm" pr={4} py={3}>
      <Group gap={4} wrap="nowrap">
        <Text size="sm" truncate maw={320}>
          Found for “{data?.raw_query ?? '…'}”
        </Text>
        <CloseButton size="sm" aria-label="Show the sources of every question" onClick={onClear} />
      </Group>
    </Paper>
  );
}
