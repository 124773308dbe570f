import { Group, Radio, Stack, Text } from '@mantine/core';
import type { MonitorableUrl } from '@/api';
import { shortenUrl } from '@/shared/urls';
import { KindIcon } from '../parts/KindIcon';

interface FoundListProps {
  found: readonly MonitorableUrl[];
  chosen: string | null;
  onChoose: (found: MonitorableUrl) => void;
}

/** What was found at an address: the page itself first, then what else its site has. */
export function FoundList({ found, chosen, onChoose }: FoundListProps) {
  return (
    <Radio.Group
      aria-label="What to watch"
      value={chosen}
      onChange={(url) => {
        const one = found.find((candidate) => candidate.url === url);
        if (one) onChoose(one);
      }}
    >
      <Stack gap={6}>
        {found.map((one) => (
          <Radio.Card key={one.url} value={one.url} radius="md" p="xs" aria-label={`${one.title}: ${one.reason}`}>
            <Group wrap="nowrap" gap="sm">
              <Radio.Indicator />
              <KindIcon kind={one.kind} size={30} />
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={600} truncate>
                  {one.title}
                </Text>
                <Text size="xs" c="dimmed" truncate>
                  {shortenUrl(one.url)}
                </Text>
                <Text size="xs">{one.reason}</Text>
              </div>
            </Group>
          </Radio.Card>
        ))}
      </Stack>
    </Radio.Group>
  );
}
