import { Group, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { watchSourcesReadSourceOptions } from '@/api/@tanstack/react-query.gen';
import { FilterChip } from '@/shared/lists/FilterChip';
import type { AlertFilters } from './filters';

interface AlertFilterBarProps {
  filters: AlertFilters;
  onChange: (filters: AlertFilters) => void;
}

/** Which alerts to show. */
export function AlertFilterBar({ filters, onChange }: AlertFilterBarProps) {
  return (
    <Group gap="sm">
      <SegmentedControl
        aria-label="Which alerts"
        value={filters.show ?? 'open'}
        onChange={(show) =>
          onChange({ ...filters, show: show === 'acknowledged' || show === 'all' ? show : undefined })
        }
        data={[
          { value: 'open', label: 'Open' },
          { value: 'acknowledged', label: 'Acknowledged' },
          { value: 'all', label: 'All' },
        ]}
      />
      <SegmentedControl
        aria-label="How severe"
        value={filters.severity ?? 'any'}
        onChange={(severity) =>
          onChange({ ...filters, severity: severity === 'medium' || severity === 'high' ? severity : undefined })
        }
        data={[
          { value: 'any', label: 'Any severity' },
          { value: 'medium', label: 'Medium up' },
          { value: 'high', label: 'High' },
        ]}
      />
      {filters.source && (
        <OfSource sourceId={filters.source} onClear={() => onChange({ ...filters, source: undefined })} />
      )}
    </Group>
  );
}

function OfSource({ sourceId, onClear }: { sourceId: string; onClear: () => void }) {
  const { data } = useQuery(watchSourcesReadSourceOptions({ path: { source_id: sourceId } }));
  return (
    <FilterChip clearLabel="Show alerts of every source" onClear={onClear}>
      {data?.name ?? 'One source'}
    </FilterChip>
  );
}
