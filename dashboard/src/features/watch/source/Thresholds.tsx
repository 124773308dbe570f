import { SimpleGrid, Slider, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { SettingsForm } from './settings';

type Name = 'threshold' | 'medium_from' | 'high_from';
const SHOWN: { name: Name; label: string }[] = [
  { name: 'threshold', label: 'Alert from' },
  { name: 'medium_from', label: 'Medium from' },
  { name: 'high_from', label: 'High from' },
];

/** The scores from which a change is told, and how loud. */
export function Thresholds({ form }: { form: UseFormReturnType<SettingsForm> }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="xl">
      {SHOWN.map(({ name, label }) => {
        const { value, onChange, error } = form.getInputProps(name) as {
          value: number;
          onChange: (value: number) => void;
          error?: string;
        };
        return (
          <Stack key={name} gap={6}>
            <Text size="sm" fw={500}>
              {label} <b style={{ fontVariantNumeric: 'tabular-nums' }}>{value.toFixed(2)}</b>
            </Text>
            <Slider
              min={0}
              max={1}
              step={0.05}
              value={value}
              onChange={onChange}
              label={null}
              thumbLabel={label}
              thumbSize={18}
            />
            {error && (
              <Text size="xs" c="var(--mantine-color-error)" role="alert">
                {error}
              </Text>
            )}
          </Stack>
        );
      })}
    </SimpleGrid>
  );
}
