import { Button, Group, Select, SimpleGrid, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Source } from '@/api';
import { watchSourcesChangeSourceMutation } from '@/api/@tanstack/react-query.gen';
import { SettingsCard } from '@/shared/page/SettingsCard';
import { Failed } from '@/shared/page/states';
import { toastDone } from '@/shared/page/toasts';
import { useWorkspace } from '@/shared/platform/workspace';
import { KEYS } from '../keys';
import { listIntervals } from '../parts/intervals';
import { readForm, toChanges } from './settings';
import { Thresholds } from './Thresholds';

const KINDS = [
  { value: 'website', label: 'Page' },
  { value: 'rss', label: 'Feed' },
  { value: 'sitemap', label: 'Sitemap' },
];

/** How a source is watched, and what it takes for an alert. */
export function SourceSettings({ source }: { source: Source }) {
  const { can } = useWorkspace();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: readForm(source),
    validate: {
      name: (name) => (name.trim() ? null : 'A name is needed.'),
      medium_from: (value, { threshold }) => (value < threshold ? 'No less than the alert’s.' : null),
      high_from: (value, { medium_from }) => (value < medium_from ? 'No less than medium’s.' : null),
    },
  });
  const save = useMutation({
    ...watchSourcesChangeSourceMutation(),
    onSuccess: () => {
      toastDone('The settings are saved.');
      void queries.invalidateQueries({ queryKey: KEYS.source });
      void queries.invalidateQueries({ queryKey: KEYS.sources });
    },
  });
  const isLocked = !can('editor');
  const submit = form.onSubmit((values) =>
    save.mutate({ path: { source_id: source.id }, body: toChanges(values, source) }),
  );
  return (
    <form onSubmit={submit}>
      <fieldset disabled={isLocked} style={{ border: 0, margin: 0, padding: 0 }}>
        <Stack maw={860}>
          <SettingsCard title="What and how often">
            <Stack>
              <SimpleGrid cols={{ base: 1, sm: 3 }}>
                <TextInput label="Name" maxLength={200} required {...form.getInputProps('name')} />
                <Select
                  label="Check it"
                  data={listIntervals(source.check_interval)}
                  allowDeselect={false}
                  {...form.getInputProps('check_interval')}
                />
                <Select label="Kind" data={KINDS} allowDeselect={false} {...form.getInputProps('kind')} />
              </SimpleGrid>
            </Stack>
          </SettingsCard>
          <SettingsCard
            title="When to alert"
            text="Every change has a score from 0 to 1. Below the first threshold it is kept in the history and nobody is notified."
          >
            <Stack>
              <Thresholds form={form} />
              <SimpleGrid cols={{ base: 1, sm: 2 }}>
                <TagsInput
                  label="Only with one of these words"
                  description="No alert unless what changed has one of them."
                  placeholder="price, release …"
                  maxTags={50}
                  {...form.getInputProps('keywords_must')}
                />
                <TagsInput
                  label="Never with one of these words"
                  description="No alert when what changed has one of them."
                  maxTags={50}
                  {...form.getInputProps('keywords_must_not')}
                />
              </SimpleGrid>
              <Select
                label="Notify of failures after"
                description="Failed checks in a row; a second notification says when it recovered."
                data={Array.from({ length: 10 }, (_, place) => ({
                  value: `${place + 1}`,
                  label: place === 0 ? '1 failed check' : `${place + 1} failed checks`,
                }))}
                allowDeselect={false}
                maw={300}
                {...form.getInputProps('notify_after_failures')}
              />
            </Stack>
          </SettingsCard>
          <SettingsCard title="What counts" text="When a page is noisy, leaving parts of it out is the surest remedy.">
            <Stack>
              <TagsInput
                label="Leave out (CSS selectors)"
                placeholder=".advert, #ticker"
                maxTags={50}
                splitChars={['\n']}
                {...form.getInputProps('ignore_selectors')}
              />
              <TagsInput
                label="Watch only (CSS selectors)"
                placeholder="main .prices"
                maxTags={20}
                splitChars={['\n']}
                {...form.getInputProps('watch_selectors')}
              />
              <TagsInput
                label="Leave out text"
                description="Plain words, or a regular expression between slashes, such as /Visitors: \d+/"
                maxTags={20}
                splitChars={['\n']}
                {...form.getInputProps('ignore_patterns')}
              />
              <Select
                label="Read the page"
                data={[
                  { value: 'http', label: 'as it is sent' },
                  { value: 'browser', label: 'in a browser, after its scripts ran' },
                ]}
                allowDeselect={false}
                maw={300}
                {...form.getInputProps('render')}
              />
            </Stack>
          </SettingsCard>
          {save.isError && <Failed error={save.error} what="The settings were not saved" />}
          {!isLocked && (
            <Group>
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                Save
              </Button>
              <Button variant="default" disabled={!form.isDirty()} onClick={() => form.reset()}>
                Discard
              </Button>
              <Text size="xs" c="dimmed">
                Each member chooses the channels in their notification preferences.
              </Text>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}
