import { Anchor, Button, Group, Paper, Radio, Stack, Table, Text } from '@mantine/core';
import { IconArrowsDiff, IconStack2 } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { VersionSummary } from '@/api';
import { watchSourcesListVersionsInfiniteOptions } from '@/api/@tanstack/react-query.gen';
import { Tag } from '@/shared/badges/Tag';
import { MoreButton } from '@/shared/lists/MoreButton';
import { hasNoRows, listRows, nextPage, PAGE_SIZE } from '@/shared/lists/paging';
import { Empty, QueryStates } from '@/shared/page/states';
import { formatMoment } from '@/shared/time';
import { links } from '../links';

/** The distinct texts that a page has had, any two of which can be compared. */
export function Versions({ sourceId }: { sourceId: string }) {
  const pages = useInfiniteQuery({
    ...watchSourcesListVersionsInfiniteOptions({ path: { source_id: sourceId }, query: { limit: PAGE_SIZE } }),
    initialPageParam: { path: { source_id: sourceId } },
    getNextPageParam: nextPage,
  });
  return (
    <>
      <QueryStates
        query={pages}
        what="The versions could not be loaded"
        isEmpty={hasNoRows}
        empty={
          <Empty icon={IconStack2} title="No version yet">
            The first check stores the page’s text.
          </Empty>
        }
      >
        {(data) => <VersionTable sourceId={sourceId} versions={listRows(data)} />}
      </QueryStates>
      <MoreButton pages={pages} what="versions" />
    </>
  );
}

function VersionTable({ sourceId, versions }: { sourceId: string; versions: VersionSummary[] }) {
  const [from, setFrom] = useState(versions[1]?.id);
  const [to, setTo] = useState(versions[0]?.id);
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          Each distinct text is stored once. Choose two to compare them.
        </Text>
        {from && to && from !== to && (
          <Button
            component={Link}
            {...links.comparison({ sourceId, fromId: from, toId: to })}
            leftSection={<IconArrowsDiff size={16} />}
          >
            Compare
          </Button>
        )}
      </Group>
      <Paper withBorder radius="lg" style={{ overflowX: 'auto' }}>
        <Table verticalSpacing="xs" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={70}>Before</Table.Th>
              <Table.Th w={70}>After</Table.Th>
              <Table.Th>Stored</Table.Th>
              <Table.Th>Title</Table.Th>
              <Table.Th ta="right">Characters</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {versions.map(({ id, title, characters, is_current, created_at }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Radio
                    checked={from === id}
                    onChange={() => setFrom(id)}
                    aria-label={`Before: ${formatMoment(created_at)}`}
                  />
                </Table.Td>
                <Table.Td>
                  <Radio
                    checked={to === id}
                    onChange={() => setTo(id)}
                    aria-label={`After: ${formatMoment(created_at)}`}
                  />
                </Table.Td>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>
                  <Anchor component={Link} {...links.version({ sourceId, versionId: id })} size="sm">
                    {formatMoment(created_at)}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  {title || '—'}{' '}
                  {is_current && (
                    <Tag size="sm" color="water">
                      as it is now
                    </Tag>
                  )}
                </Table.Td>
                <Table.Td ta="right">{new Intl.NumberFormat().format(characters)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
    </Stack>
  );
}
