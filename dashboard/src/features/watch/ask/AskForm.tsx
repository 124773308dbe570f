import { Button, Chip, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { watchQueriesAddQueryMutation } from '@/api/@tanstack/react-query.gen';
import { Failed } from '@/shared/page/states';
import { KEYS } from '../keys';
import { links } from '../links';

const MOST = 500;
const EXAMPLES = [
  'When example.com changes its prices',
  'New releases of a tool, from its changelog',
  'Outages on the status page of example.org',
  'New articles of a magazine',
];

/** The question. Enter asks, Shift+Enter makes a new line. */
export function AskForm({ initial }: { initial: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [text, setText] = useState(initial);
  const field = useRef<HTMLTextAreaElement>(null);
  const ask = useMutation({
    ...watchQueriesAddQueryMutation(),
    onSuccess: (query) => {
      void queries.invalidateQueries({ queryKey: KEYS.queries });
      void navigate(links.question({ queryId: query.id }));
    },
  });
  const submit = () => {
    if (text.trim() && !ask.isPending) ask.mutate({ body: { raw_query: text.trim() } });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="sm">
        <Paper withBorder radius="lg" p="sm" shadow="xs">
          <Textarea
            ref={field}
            aria-label="What do you want to know about?"
            placeholder="Tell me when acme.example changes its prices"
            variant="unstyled"
            size="lg"
            autosize
            minRows={2}
            maxRows={8}
            maxLength={MOST}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
                event.preventDefault();
                submit();
              }
            }}
            px="xs"
            data-autofocus
          />
          <Group justify="space-between" mt={4}>
            <Text size="xs" c="dimmed" px="xs">
              Name a site if you know one.{text.length > MOST - 100 && ` ${MOST - text.length} characters left.`}
            </Text>
            <Button
              type="submit"
              leftSection={<IconSparkles size={16} />}
              loading={ask.isPending}
              disabled={!text.trim()}
            >
              Find sources
            </Button>
          </Group>
        </Paper>
        <Group gap={6} role="group" aria-label="For example">
          {EXAMPLES.map((example) => (
            <Chip
              key={example}
              size="xs"
              variant="outline"
              checked={false}
              onChange={() => {
                setText(example);
                field.current?.focus();
              }}
            >
              {example}
            </Chip>
          ))}
        </Group>
        {ask.isError && <Failed error={ask.error} what="The question was not taken" onRetry={submit} />}
      </Stack>
    </form>
  );
}
