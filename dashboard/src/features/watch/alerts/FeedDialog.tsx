import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { watchImportAndExportRenewFeedMutation } from '@/api/@tanstack/react-query.gen';
import { Failed } from '@/shared/page/states';

/** Makes the private address of one's feed of alerts, for a feed reader. */
export function FeedDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const renew = useMutation(watchImportAndExportRenewFeedMutation());
  const close = () => {
    renew.reset();
    onClose();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title="Alerts in your feed reader"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm">
          A private RSS address of this workspace’s alerts. Whoever has it can read them, so keep it to yourself. Making
          a new one ends the one before.
        </Text>
        {renew.isError && <Failed error={renew.error} what="No address was made" />}
        {renew.data ? (
          <Alert color="water" variant="light" title="Your address; it is shown this once">
            <Stack gap="xs">
              <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {renew.data.url}
              </Code>
              <CopyButton value={renew.data.url}>
                {({ copied, copy }) => (
                  <Button
                    size="xs"
                    onClick={copy}
                    leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
                  >
                    {copied ? 'Copied' : 'Copy'}
                  </Button>
                )}
              </CopyButton>
            </Stack>
          </Alert>
        ) : (
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button loading={renew.isPending} onClick={() => renew.mutate({})}>
              Make an address
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  );
}
