import { Button, Kbd, Paper, Stack, Text, Title } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Alert } from '@/api';
import { useKeys } from '@/shared/keyboard/useKeys';
import { SelectionBar } from '@/shared/lists/SelectionBar';
import { useSelection } from '@/shared/lists/selection';
import { useWorkspace } from '@/shared/platform/workspace';
import { useNow } from '@/shared/time';
import { links } from '../links';
import { AlertRow } from './AlertRow';
import { useAcknowledge } from './acknowledging';
import { groupByDay } from './days';

/** Alerts by day, with what one can do to many at once. */
export function AlertList({ alerts, showsSource }: { alerts: Alert[]; showsSource: boolean }) {
  const { can } = useWorkspace();
  const navigate = useNavigate();
  const acknowledge = useAcknowledge();
  const selection = useSelection(alerts);
  const [current, setCurrent] = useState(-1);
  const now = useNow(60_000);
  const open = alerts.filter(({ acknowledged_at }) => !acknowledged_at);
  const unacknowledged = selection.selected.filter(({ acknowledged_at }) => !acknowledged_at);

  const acknowledgeAll = (wanted: Alert[]) => {
    acknowledge.mutate({ ids: wanted.map(({ id }) => id) });
    selection.clear();
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
    x: () => at && can('editor') && selection.toggle(at),
    e: () => at && can('editor') && acknowledge.mutate({ ids: [at.id], undo: Boolean(at.acknowledged_at) }),
    o: () => at && void navigate(links.alert({ alertId: at.id })),
  });

  return (
    <Stack gap="md">
      {can('editor') && (
        <SelectionBar
          selection={selection}
          actions={
            <Button
              size="xs"
              leftSection={<IconChecks size={15} />}
              onClick={() => acknowledgeAll(unacknowledged)}
              disabled={unacknowledged.length === 0}
            >
              Acknowledge
            </Button>
          }
          idle={
            open.length > 1 && (
              <Button size="xs" variant="subtle" onClick={() => acknowledgeAll(open)}>
                Acknowledge all {open.length}
              </Button>
            )
          }
          aside={
            <Text size="xs" c="dimmed" visibleFrom="md">
              <Kbd size="xs">j</Kbd> <Kbd size="xs">k</Kbd> move · <Kbd size="xs">o</Kbd> open · <Kbd size="xs">x</Kbd>{' '}
              select · <Kbd size="xs">e</Kbd> acknowledge
            </Text>
          }
        />
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
                isSelected={selection.isSelected(alert)}
                onToggle={can('editor') ? () => selection.toggle(alert) : undefined}
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
