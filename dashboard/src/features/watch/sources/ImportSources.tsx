import { Alert, Button, FileInput, Group, List, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconFileUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Failed } from '@/shared/page/states';
import { KEYS } from '../keys';
import { describeImport, importSources, MAX_BYTES } from './opml';

/** Takes over the list of another reader. */
export function ImportSources({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const take = useMutation({
    mutationFn: importSources,
    onSuccess: () => queries.invalidateQueries({ queryKey: KEYS.sources }),
  });
  const close = () => {
    setFile(null);
    take.reset();
    onClose();
  };
  const isTooLarge = file !== null && file.size > MAX_BYTES;
  return (
    <Modal opened={isOpen} onClose={close} title="Import sources" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        {take.data ? (
          <>
            <Alert color="water" variant="light" icon={<IconCheck />} title="Imported">
              {describeImport(take.data)}
            </Alert>
            {take.data.refused.length > 0 && (
              <div>
                <Text size="sm" fw={600}>
                  Refused
                </Text>
                <List size="sm" mah={220} style={{ overflowY: 'auto', overflowWrap: 'anywhere' }}>
                  {take.data.refused.map((line) => (
                    <List.Item key={line}>{line}</List.Item>
                  ))}
                </List>
              </div>
            )}
            <Button onClick={close}>Done</Button>
          </>
        ) : (
          <>
            <Text size="sm">
              Every feed reader exports its list as OPML. Up to 2,000 sources in a file of 1 MB are watched; those that
              are watched already are left as they are.
            </Text>
            <FileInput
              label="OPML file"
              placeholder="Choose a file"
              accept=".opml,.xml,text/x-opml,text/xml,application/xml"
              leftSection={<IconFileUpload size={16} />}
              value={file}
              onChange={setFile}
              error={isTooLarge && 'It is larger than 1 MB.'}
              clearable
            />
            {take.isError && <Failed error={take.error} what="Nothing was imported" />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button disabled={!file || isTooLarge} loading={take.isPending} onClick={() => file && take.mutate(file)}>
                Import
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  );
}
