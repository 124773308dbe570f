import { Divider, Group, Kbd, Modal, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { areSingleKeysOn, turnSingleKeys } from '@/shared/keyboard/keys';
import type { Shortcut } from './shortcuts';

/** Which keys do what, and a way to turn them off. */
export default function ShortcutHelp({ shortcuts, onClose }: { shortcuts: Shortcut[]; onClose: () => void }) {
  const [isOn, setIsOn] = useState(areSingleKeysOn);
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" radius="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="xs">
        <Line label="Search or go to…, even while writing" keys={['Ctrl', 'K']} />
        {shortcuts.map(({ keys, label }) => (
          <Line key={keys} label={label} keys={keys.split(' ')} isOff={!isOn} />
        ))}
        <Line label="Close what is open" keys={['Esc']} />
        <Divider my={4} />
        <Switch
          label="Shortcuts of single keys"
          description="Turn them off if you speak to your computer or press keys by accident."
          checked={isOn}
          onChange={(event) => {
            turnSingleKeys(event.currentTarget.checked);
            setIsOn(event.currentTarget.checked);
          }}
        />
      </Stack>
    </Modal>
  );
}

function Line({ label, keys, isOff = false }: { label: string; keys: string[]; isOff?: boolean }) {
  return (
    <Group justify="space-between" wrap="nowrap" td={isOff ? 'line-through' : undefined}>
      <Text size="md">{label}</Text>
      <Group gap={4} wrap="nowrap">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </Group>
    </Group>
  );
}
