import { Stack, Switch } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { apiKeysListKeysOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { Empty, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { KeyList } from './KeyList';
import { NewKeyButton } from './NewKeyButton';
import { isUsable } from './scopes';

/** The keys with which programs act in the workspace. */
export function KeysPage() {
  const { can } = useWorkspace();
  const [showsEnded, setShowsEnded] = useState(false);
  const query = useQuery(apiKeysListKeysOptions());
  const ended = query.data?.filter((key) => !isUsable(key, Date.now())).length ?? 0;
  return (
    <Page
      title="API keys"
      description={
        can('admin')
          ? 'Programs act with these keys, each as the person who made it.'
          : 'Programs act with these keys as you. You see the keys that you made.'
      }
      actions={<NewKeyButton />}
    >
      <QueryStates
        query={query}
        what="The keys could not be loaded"
        isEmpty={(keys) => keys.length === 0}
        empty={
          <Empty icon={IconKey} title="There are no keys" action={<NewKeyButton />}>
            Make one to let a script, a report or another service use the API for you.
          </Empty>
        }
      >
        {(keys) => (
          <Stack gap="md">
            {ended > 0 && (
              <Switch
                label={`Show what was revoked or has expired (${ended})`}
                checked={showsEnded}
                onChange={(event) => setShowsEnded(event.currentTarget.checked)}
              />
            )}
            <KeyList keys={showsEnded ? keys : keys.filter((key) => isUsable(key, Date.now()))} />
          </Stack>
        )}
      </QueryStates>
    </Page>
  );
}
