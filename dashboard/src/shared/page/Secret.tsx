import { ActionIcon, Code, CopyButton, Group, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** A text to be copied: a key, a link, an identifier. */
export function Copyable({ value, label }: { value: string; label: string }) {
  return (
    <Group gap={4} wrap="nowrap" maw="100%">
      <Code fz="sm" p="6px 10px" style={{ overflowWrap: 'anywhere', flex: '0 1 auto' }}>
        {value}
      </Code>
      <CopyButton value={value} timeout={2000}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'} withArrow>
            <ActionIcon
              variant="subtle"
              size="lg"
              color={copied ? 'water' : 'gray'}
              onClick={copy}
              aria-label={`Copy ${label}`}
            >
              {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}

/** A secret that is shown this once. */
export function ShownOnce({ value, label }: { value: string; label: string }) {
  return (
    <div>
      <Text size="sm" fw={550} mb={4}>
        {label}
      </Text>
      <Copyable value={value} label={label.toLowerCase()} />
      <Text size="sm" c="dimmed" mt={6}>
        Keep it now: it is not shown again.
      </Text>
    </div>
  );
}
