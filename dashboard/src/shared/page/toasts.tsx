import { Button, Group, Text } from '@mantine/core';
import type { NotificationData } from '@mantine/notifications';
import { explain } from '../platform/errors';

/** Say in passing that something was done. */
export function toastDone(message: string): void {
  void show({ message, color: 'water', autoClose: 4000 });
}

/** Say that something did not happen, and why. */
export function toastFailure(what: string, error: unknown): void {
  const { message, hint } = explain(error);
  void show({ title: what, message: hint ? `${message} ${hint}` : message, color: 'red', autoClose: 8000 });
}

/** Say that something was done, and offer to undo it for as long as the toast is shown. */
export function toastUndo(message: string, undo: () => unknown): void {
  const id = crypto.randomUUID();
  void show({
    id,
    color: 'water',
    autoClose: 9000,
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            void hide(id);
            undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}

// What shows them is loaded when there is something to show.
async function show(notice: NotificationData): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.show(notice);
}

async function hide(id: string): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.hide(id);
}
