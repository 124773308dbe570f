import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

/** Tell that something was done, with a way to take it back for as long as it is shown. */
export function tellUndo(message: string, undo: () => unknown): void {
  const id = notifications.show({
    color: 'water',
    autoClose: 9000,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}
