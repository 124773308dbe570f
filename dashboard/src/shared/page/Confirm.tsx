import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { explain } from '../platform/errors';

interface ConfirmProps {
  title: string;
  /** What will happen, and whether it can be taken back. */
  children: ReactNode;
  /** The button that does it, such as "Delete workspace". */
  action: string;
  /** A harmless action is not drawn in red. */
  harmless?: boolean;
  /** Must be typed before the button works, for what can't be undone. */
  typed?: string;
  /** What `typed` is, such as "the name of the workspace". */
  typedLabel?: string;
  onConfirm: () => Promise<unknown>;
  /** What opens the question. */
  trigger: (open: () => void) => ReactNode;
}

/** Asks before something is done that isn't easily undone; what goes wrong is said in the same place. */
export function Confirm({ trigger, ...question }: ConfirmProps) {
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      {trigger(open)}
      <ConfirmDialog {...question} opened={isOpen} onClose={close} />
    </>
  );
}

interface ConfirmDialogProps extends Omit<ConfirmProps, 'trigger'> {
  opened: boolean;
  onClose: () => void;
}

/** The question alone, for what opens it by other means, such as a menu. */
export function ConfirmDialog({ opened, onClose, title, ...question }: ConfirmDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered>
      <Question {...question} onClose={onClose} />
    </Modal>
  );
}

function Question({
  children,
  action,
  harmless,
  typed,
  typedLabel,
  onConfirm,
  onClose,
}: Omit<ConfirmDialogProps, 'opened' | 'title'>) {
  const [given, setGiven] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isReady = typed === undefined || given.trim() === typed;
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void confirm();
      }}
    >
      <Stack>
        <Text component="div" size="sm">
          {children}
        </Text>
        {typed !== undefined && (
          <TextInput
            label={`Type ${typedLabel ?? 'it'} to confirm: ${typed}`}
            value={given}
            onChange={(event) => setGiven(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        {error !== null && (
          <Text role="alert" size="sm" c="var(--mantine-color-error)">
            {explain(error).message} {explain(error).hint}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={harmless ? undefined : 'red.8'} loading={isBusy} disabled={!isReady}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
