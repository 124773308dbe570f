import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { MonitorableUrl } from '@/api';
import { watchDiscoveryDiscoverSourcesMutation, watchSourcesAddSourceMutation } from '@/api/@tanstack/react-query.gen';
import { Failed, ListSkeleton } from '@/shared/page/states';
import { toastDone } from '@/shared/page/toasts';
import { ApiError } from '@/shared/platform/errors';
import { KEYS } from '../keys';
import { links } from '../links';
import { listIntervals } from '../parts/intervals';
import { FoundList } from './FoundList';

const DEFAULT_INTERVAL = 3600;

/** Watches a page whose address one knows, once one has seen what is there. */
export function AddSource({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Add a source by its address"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <AddForm onClose={onClose} />
    </Modal>
  );
}

function AddForm({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [url, setUrl] = useState('');
  const [chosen, setChosen] = useState<MonitorableUrl | null>(null);
  const [name, setName] = useState('');
  const [interval, setInterval] = useState(DEFAULT_INTERVAL);
  const choose = (found: MonitorableUrl) => {
    setChosen(found);
    setName(found.title.slice(0, 200));
  };
  const look = useMutation({
    ...watchDiscoveryDiscoverSourcesMutation(),
    onSuccess: ({ monitorable_urls: [first] }) => first && choose(first),
  });
  const add = useMutation({
    ...watchSourcesAddSourceMutation(),
    onSuccess: (source) => {
      void queries.invalidateQueries({ queryKey: KEYS.sources });
      toastDone(`${source.name} is watched.`);
      onClose();
      void navigate(links.source({ sourceId: source.id }));
    },
  });
  const preview = () => {
    setChosen(null);
    add.reset();
    look.mutate({ body: { raw_query: url.trim() } });
  };
  const submit = () => {
    const target = chosen ?? { url: url.trim(), kind: 'website' as const };
    add.mutate({
      body: { url: target.url, kind: target.kind, name: name.trim() || undefined, check_interval: interval },
    });
  };
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (url.trim()) preview();
        }}
      >
        <Group align="flex-end" gap="xs">
          <TextInput
            label="Address of a page, feed or sitemap"
            placeholder="https://example.org/pricing"
            value={url}
            onChange={(event) => {
              setUrl(event.currentTarget.value);
              setChosen(null);
            }}
            flex="1 1 240px"
            maxLength={500}
            inputMode="url"
            autoCapitalize="off"
            spellCheck={false}
            data-autofocus
          />
          <Button
            type="submit"
            variant={chosen ? 'default' : 'filled'}
            leftSection={<IconSearch size={16} />}
            loading={look.isPending}
            disabled={!url.trim()}
          >
            Preview
          </Button>
        </Group>
      </form>
      <div aria-live="polite">
        {look.isPending && <ListSkeleton rows={3} height={52} />}
        {look.isError && <Failed error={look.error} what="There is nothing to watch at this address" />}
        {look.data && (
          <Stack gap={6}>
            <Text size="sm" fw={600}>
              What is there
            </Text>
            <FoundList found={look.data.monitorable_urls} chosen={chosen?.url ?? null} onChoose={choose} />
          </Stack>
        )}
      </div>
      {(chosen || look.isError) && (
        <>
          <Group grow align="flex-start" preventGrowOverflow={false}>
            <TextInput
              label="Name"
              value={name}
              placeholder="Unset: the address"
              maxLength={200}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Select
              label="Check it"
              data={listIntervals()}
              value={`${interval}`}
              onChange={(value) => setInterval(Number(value ?? DEFAULT_INTERVAL))}
              allowDeselect={false}
            />
          </Group>
          {add.isError && <NotAdded error={add.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button loading={add.isPending} onClick={submit}>
              {chosen ? 'Watch it' : 'Watch it all the same'}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

function NotAdded({ error }: { error: unknown }) {
  const watched = error instanceof ApiError && error.code === 'already_watched' ? readId(error.details) : null;
  return (
    <Stack gap={4}>
      <Failed error={error} what="It was not added" />
      {watched && (
        <Text size="sm">
          <Link {...links.source({ sourceId: watched })}>Open the source that watches it</Link>
        </Text>
      )}
    </Stack>
  );
}

function readId(details: unknown): string | null {
  const id = (details as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : null;
}
