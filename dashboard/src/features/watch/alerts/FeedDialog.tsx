import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { watchImportAndExportRenewFeedMutation } from '@/api/@tanstack/react-query.gen';
import { ShownOnce } from '@/shared/page/Secret';
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
          <ShownOnce label="Your address" value={renew.data.url} />
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
