import { Group, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { watchQueriesReadQueryOptions } from '@/api/@tanstack/react-query.gen';
import { FilterChip } from '@/shared/lists/FilterChip';
import { SearchBox } from '@/shared/lists/SearchBox';
import type { SourceFilters } from './filters';

interface SourceFilterBarProps {
  filters: SourceFilters;
  onChange: (filters: SourceFilters) => void;
}

/** Which sources to show. */
export function SourceFilterBar({ filters, onChange }: SourceFilterBarProps) {
  return (
    <Group gap="sm">
      <SearchBox
        label="Search by name or address"
        value={filters.search}
        onSearch={(search) => onChange({ ...filters, search })}
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
    <FilterChip clearLabel="Show the sources of every question" onClear={onClear}>
      Found for “{data?.raw_query ?? '…'}”
    </FilterChip>
  );
}
