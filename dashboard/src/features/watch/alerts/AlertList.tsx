import { Button, Checkbox, Group, Kbd, Paper, Stack, Text, Title } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Alert } from '@/api';
import { useNow } from '@/shared/time';
import { useWorkspace } from '@/shared/workspace';
import { useKeys } from '../parts/useKeys';
import { AlertRow } from './AlertRow';
import { useAcknowledge } from './acknowledging';
import { groupByDay } from './days';

/** Alerts by day, with what one can do to many at once. */
export function AlertList({ alerts, showsSource }: { alerts: Alert[]; showsSource: boolean }) {
  const { can } = useWorkspace();
  const navigate = useNavigate();
  const acknowledge = useAcknowledge();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState(-1);
  const now = useNow(60_000);
  const picked = alerts.filter(({ id }) => chosen.has(id));
  const open = alerts.filter(({ acknowledged_at }) => !acknowledged_at);

  const acknowledgeAll = (wanted: Alert[]) => {
    acknowledge.mutate({ ids: wanted.map(({ id }) => id) });
    setChosen(new Set());
  };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const move = (by: number) => {
    const next = Math.max(0, Math.min(alerts.length - 1, current + by));
    setCurrent(next);
    document.getElementById(`alert-${alerts[next]?.id}`)?.focus();
  };
  const at = alerts[current];
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    x: () => at && can('editor') && toggle(at.id),
    e: () => at && can('editor') && acknowledge.mutate({ ids: [at.id], undo: Boolean(at.acknowledged_at) }),
    o: () => at && void navigate({ to: '/watch/alerts/$alertId', params: { alertId: at.id } }),
  });

  return (
    <Stack gap="md">
      {can('editor') && (
        <Group justify="space-between" mih={30}>
          <Group gap="sm">
            <Checkbox
              label={picked.length > 0 ? `${picked.length} selected` : 'Select all'}
              checked={picked.length === alerts.length}
              indeterminate={picked.length > 0 && picked.length < alerts.length}
              onChange={(event) =>
                setChosen(event.currentTarget.checked ? new Set(alerts.map(({ id }) => id)) : new Set())
              }
            />
            {picked.length > 0 && (
              <Button
                size="xs"
                leftSection={<IconChecks size={15} />}
                onClick={() => acknowledgeAll(picked.filter(({ acknowledged_at }) => !acknowledged_at))}
                disabled={picked.every(({ acknowledged_at }) => acknowledged_at)}
              >
                Acknowledge
              </Button>
            )}
            {picked.length === 0 && open.length > 1 && (
              <Button size="xs" variant="subtle" onClick={() => acknowledgeAll(open)}>
                Acknowledge all {open.length}
              </Button>
            )}
          </Group>
          <Text size="xs" c="dimmed" visibleFrom="md">
            <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> move · <Kbd size="xs">o</Kbd> open · <Kbd size="xs">x</Kbd>{' '}
            select · <Kbd size="xs">e</Kbd> acknowledge
          </Text>
        </Group>
      )}
      {groupByDay(alerts, new Date(now)).map((day) => (
        <section key={day.key} aria-label={day.label}>
          <Title order={2} size="h6" c="dimmed" mb={6}>
            {day.label}
          </Title>
          <Paper withBorder radius="lg" component="ul" p={0} m={0} style={{ listStyle: 'none', overflow: 'hidden' }}>
            {day.alerts.map((alert) => (
              <AlertRow
                key={alert.id}
                alert={alert}
                showsSource={showsSource}
                isChosen={chosen.has(alert.id)}
                onToggle={can('editor') ? () => toggle(alert.id) : undefined}
                onAcknowledge={
                  can('editor')
                    ? () => acknowledge.mutate({ ids: [alert.id], undo: Boolean(alert.acknowledged_at) })
                    : undefined
                }
                onFocus={() => setCurrent(alerts.indexOf(alert))}
              />
            ))}
          </Paper>
        </section>
      ))}
    </Stack>
  );
}
