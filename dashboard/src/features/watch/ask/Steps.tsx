import { Group, Text, ThemeIcon, VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { UserQuery } from '@/api';
import { watchSourcesListSourcesOptions } from '@/api/@tanstack/react-query.gen';

/** How far a question has come. */
export type Stage = 'finding' | 'choosing' | 'watching';

/** Say how far a question has come: found and not yet watched is a choice to make. */
export function findStage(query: Pick<UserQuery, 'status'>, watched: number): Stage {
  if (watched > 0) return 'watching';
  return query.status === 'discovered' ? 'choosing' : 'finding';
}

const STEPS: { stage: Stage; label: string }[] = [
  { stage: 'finding', label: 'Find' },
  { stage: 'choosing', label: 'Choose' },
  { stage: 'watching', label: 'Watch' },
];

/** Find, choose, watch. */
export function Steps({ query }: { query: UserQuery }) {
  const { data } = useQuery(watchSourcesListSourcesOptions({ query: { user_query_id: query.id, limit: 5 } }));
  const stage = findStage(query, data?.length ?? 0);
  const at = STEPS.findIndex((step) => step.stage === stage);
  return (
    <Group component="ol" gap="lg" p={0} m={0} style={{ listStyle: 'none' }}>
      {STEPS.map(({ label }, place) => {
        const isDone = place < at || stage === 'watching';
        return (
          <Group component="li" gap={8} key={label} wrap="nowrap" aria-current={place === at ? 'step' : undefined}>
            <ThemeIcon size={24} radius="xl" variant={isDone || place === at ? 'filled' : 'default'} aria-hidden>
              {isDone ? (
                <IconCheck size={14} stroke={2.5} />
              ) : (
                <Text size="xs" fw={600} c="inherit">
                  {place + 1}
                </Text>
              )}
            </ThemeIcon>
            <Text size="sm" fw={place === at ? 650 : 450} c={place > at ? 'dimmed' : undefined}>
              {label}
              <VisuallyHidden>{isDone ? ' (done)' : ''}</VisuallyHidden>
            </Text>
          </Group>
        );
      })}
    </Group>
  );
}
