import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { Counted } from '@/api';
import { formatMilliseconds } from '@/shared/time';

const plain = new Intl.NumberFormat();

/** The whole of a range in a few numbers. */
export function Totals({ totals }: { totals: Counted }) {
  const alerts = (totals.low ?? 0) + (totals.medium ?? 0) + (totals.high ?? 0);
  const failed = totals.failed ?? 0;
  const shown = [
    { label: 'Checks', value: plain.format(totals.checks ?? 0) },
    { label: 'Alerts', value: plain.format(alerts) },
    { label: 'Small changes', value: plain.format(totals.below_threshold ?? 0) },
    { label: 'Failures', value: plain.format(failed) },
    { label: 'Median answer', value: totals.ms_median === null ? '–' : formatMilliseconds(totals.ms_median) },
  ];
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, md: 5 }} spacing="sm">
      {shown.map(({ label, value }) => (
        <Paper key={label} withBorder radius="lg" px="md" py="sm">
          <Text size="xs" c="dimmed">
            {label}
          </Text>
          <Text fz={22} fw={620} lh={1.3} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {value}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
