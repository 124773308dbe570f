import { notifications } from '@mantine/notifications';
import { explain } from './errors';

/** Tell in passing that something was done. */
export function tellDone(message: string): void {
  notifications.show({ message, color: 'water', autoClose: 4000 });
}

/** Tell that something asked for did not happen, and why. */
export function tellFailed(what: string, error: unknown): void {
  const { message, hint } = explain(error);
  notifications.show({ title: what, message: hint ? `${message} ${hint}` : message, color: 'red', autoClose: 8000 });
}
