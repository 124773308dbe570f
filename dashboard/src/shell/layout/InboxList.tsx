import { Anchor, Button, Group, ScrollArea, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconBellOff } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Notification } from '@/api';
import {
  notificationsListInboxOptions,
  notificationsListInboxQueryKey,
  notificationsMarkAllReadMutation,
  notificationsMarkReadMutation,
} from '@/api/@tanstack/react-query.gen';
import { readTarget } from '@/shared/feature/addresses';
import { Empty, QueryStates } from '@/shared/page/states';
import { toastFailure } from '@/shared/page/toasts';
import { RelativeTime } from '@/shared/time';

const DOTS: Record<Notification['severity'], string> = { high: 'red.7', medium: 'orange.6', low: 'gray.5' };

/** The latest notifications of the inbox. */
export default function InboxList({ onClose }: { onClose: () => void }) {
  const query = useQuery(notificationsListInboxOptions({ query: { limit: 30 } }));
  const queries = useQueryClient();
  const refresh = (): void => void queries.invalidateQueries({ queryKey: notificationsListInboxQueryKey() });
  const readAll = useMutation({
    ...notificationsMarkAllReadMutation(),
    onSuccess: refresh,
    onError: (error) => toastFailure('They are still unread', error),
  });
  const read = useMutation({ ...notificationsMarkReadMutation(), onSuccess: refresh });
  return (
    <Stack gap={0}>
      <Group justify="space-between" px="md" py="xs">
        <Title order={2} size="h5">
          Notifications
        </Title>
        <Button
          size="compact-xs"
          variant="subtle"
          loading={readAll.isPending}
          disabled={!query.data?.some(({ read_at }) => read_at === null)}
          onClick={() => readAll.mutate({})}
        >
          Mark all as read
        </Button>
      </Group>
      <ScrollArea.Autosize mah={440} type="auto">
        <Stack gap={0} pb="xs">
          <QueryStates
            query={query}
            what="Your notifications could not be loaded"
            isEmpty={(items) => items.length === 0}
            empty={
              <Empty icon={IconBellOff} title="Nothing yet">
                What your workspace finds shows up here, and wherever else you want to be notified.
              </Empty>
            }
          >
            {(items) =>
              items.map((item) => (
                <Item
                  key={item.id}
                  item={item}
                  onRead={() => {
                    if (!item.read_at) read.mutate({ path: { notification_id: item.id } });
                    onClose();
                  }}
                />
              ))
            }
          </QueryStates>
        </Stack>
      </ScrollArea.Autosize>
    </Stack>
  );
}

function Item({ item, onRead }: { item: Notification; onRead: () => void }) {
  const place = findPlace(item.url);
  const content = (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Text component="span" c={DOTS[item.severity]} fz={10} lh="20px" aria-hidden>
        ●
      </Text>
      <Stack gap={1} miw={0} flex={1}>
        <Text size="sm" fw={item.read_at ? 450 : 620} lineClamp={2}>
          {item.title}
        </Text>
        <Text size="xs" c="dimmed">
          {item.severity} · <RelativeTime value={item.occurred_at} />
          {!item.read_at && ' · unread'}
        </Text>
      </Stack>
    </Group>
  );
  const shared = { px: 'md', py: 8, onClick: onRead, c: 'inherit', underline: 'never' as const };
  if (place.kind === 'page') {
    return (
      <Anchor component={Link} {...readTarget(place.to)} {...shared}>
        {content}
      </Anchor>
    );
  }
  if (place.kind === 'web') {
    return (
      <Anchor href={place.to} target="_blank" rel="noreferrer noopener" {...shared}>
        {content}
      </Anchor>
    );
  }
  return (
    <UnstyledButton px="md" py={8} onClick={onRead}>
      {content}
    </UnstyledButton>
  );
}

type Place = { kind: 'page' | 'web'; to: string } | { kind: 'nowhere' };

/** Where a notification leads: a page of the dashboard, the page on the web that it is about, or nowhere. */
function findPlace(url: string | null): Place {
  if (!url) return { kind: 'nowhere' };
  if (url.startsWith('/') && !url.startsWith('//')) return { kind: 'page', to: url };
  if (url.startsWith(`${window.location.origin}/`))
    return { kind: 'page', to: url.slice(window.location.origin.length) };
  return /^https?:\/\//.test(url) ? { kind: 'web', to: url } : { kind: 'nowhere' };
}
