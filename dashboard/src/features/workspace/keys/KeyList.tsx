import { Button, Code, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ApiKey } from '@/api';
import {
  apiKeysListKeysQueryKey,
  apiKeysRevokeKeyMutation,
  workspacesListMembersOptions,
} from '@/api/@tanstack/react-query.gen';
import { Tag } from '@/shared/badges/Tag';
import { Confirm } from '@/shared/page/Confirm';
import { toastDone } from '@/shared/page/toasts';
import { useUser } from '@/shared/platform/session';
import { useWorkspace } from '@/shared/platform/workspace';
import { RelativeTime } from '@/shared/time';
import classes from '../workspace.module.css';
import { describeScopes, isUsable } from './scopes';

/** Keys, newest first. */
export function KeyList({ keys }: { keys: ApiKey[] }) {
  if (keys.length === 0) return <Text c="dimmed">Every key was revoked or has expired.</Text>;
  return (
    <ul className={classes.list} aria-label="API keys">
      {keys.map((key) => (
        <KeyRow key={key.id} apiKey={key} />
      ))}
    </ul>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const works = isUsable(apiKey, Date.now());
  return (
    <li className={classes.key} style={works ? undefined : { opacity: 0.75 }}>
      <div className={classes.who}>
        <Text fw={550} style={{ overflowWrap: 'anywhere' }}>
          {apiKey.name}
        </Text>
        <Text size="sm" c="dimmed">
          <Code>{apiKey.prefix}…</Code> <Maker userId={apiKey.created_by} />
        </Text>
      </div>
      <div>
        <Tag color={apiKey.scopes.includes('admin') ? 'orange' : 'gray'}>{describeScopes(apiKey.scopes)}</Tag>
        <Text size="sm" c="dimmed">
          {describeEnd(apiKey)}
        </Text>
      </div>
      <Text size="sm" c="dimmed">
        used <RelativeTime value={apiKey.last_used_at} />
        <br />
        made <RelativeTime value={apiKey.created_at} />
      </Text>
      <div>{works && <RevokeButton apiKey={apiKey} />}</div>
    </li>
  );
}

function describeEnd(key: ApiKey) {
  if (key.revoked_at) {
    return (
      <>
        revoked <RelativeTime value={key.revoked_at} />
      </>
    );
  }
  if (!key.expires_at) return 'never expires';
  const isOver = new Date(key.expires_at).getTime() <= Date.now();
  return (
    <>
      {isOver ? 'expired' : 'expires'} <RelativeTime value={key.expires_at} />
    </>
  );
}

function Maker({ userId }: { userId: string }) {
  const { workspace, can } = useWorkspace();
  const me = useUser();
  const isOthers = can('admin') && userId !== me.id;
  const path = { workspace_id: workspace.id };
  const members = useQuery({ ...workspacesListMembersOptions({ path }), enabled: isOthers });
  if (!isOthers) return null;
  const maker = members.data?.find((member) => member.user_id === userId);
  return maker && <>by {maker.full_name || maker.email}</>;
}

function RevokeButton({ apiKey }: { apiKey: ApiKey }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    ...apiKeysRevokeKeyMutation(),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: apiKeysListKeysQueryKey() });
      toastDone(`“${apiKey.name}” was revoked.`);
    },
  });
  return (
    <Confirm
      title={`Revoke “${apiKey.name}”?`}
      action="Revoke key"
      onConfirm={() => revoke.mutateAsync({ path: { key_id: apiKey.id } })}
      trigger={(open) => (
        <Button size="compact-sm" variant="default" onClick={open} aria-label={`Revoke ${apiKey.name}`}>
          Revoke
        </Button>
      )}
    >
      Programs that use it are refused from their next request on. This can't be undone; a new key can be made.
    </Confirm>
  );
}
