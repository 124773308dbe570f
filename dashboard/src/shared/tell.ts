import type { NotificationData } from '@mantine/notifications';
import { explain } from './errors';

/** Tell that something was done, in passing. */
export function tellDone(message: string): void {
  void show({ message, color: 'water', autoClose: 4000 });
}

/** Tell that something asked for did not happen, and why. */
export function tellFailed(what: string, error: unknown): void {
  const { message, hint } = explain(error);
  void show({ title: what, message: hint ? `${message} ${hint}` : message, color: 'red', autoClose: 8000 });
}

/** What shows them is loaded when there is something to show. */
async function show(notice: NotificationData): Promise<void> {
  const { notifications } = await import('@mantine/notifications');
  notifications.show(notice);
}
