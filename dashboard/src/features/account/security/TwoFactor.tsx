import { Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Factor } from '@supabase/supabase-js';
import { IconShieldCheck, IconShieldPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Tag } from '@/shared/badges/Tag';
import { Confirm } from '@/shared/page/Confirm';
import { SettingsCard } from '@/shared/page/SettingsCard';
import { ListSkeleton, QueryStates } from '@/shared/page/states';
import { toastDone } from '@/shared/page/toasts';
import { useSupabase } from '@/shared/platform/supabase';
import { RelativeTime } from '@/shared/time';
import { Enrolment } from './Enrolment';

export const FACTORS = ['factors'];

/** A second proof at sign-in: the code of an authenticator app. */
export function TwoFactor() {
  const supabase = useSupabase();
  const [isOpen, { open, close }] = useDisclosure(false);
  const query = useQuery({
    queryKey: FACTORS,
    queryFn: async () => {
      const { data, error } = await supabase.auth.mfa.listFactors();
      if (error) throw error;
      return data.totp;
    },
  });
  return (
    <SettingsCard
      title="Authenticator app"
      text="A code from an app on your phone, asked for after the password. Whoever learns your password still can't get in."
    >
      <QueryStates
        query={query}
        what="Your authenticator apps could not be loaded"
        skeleton={<ListSkeleton rows={1} />}
      >
        {(factors) => (
          <Stack>
            {factors.map((factor) => (
              <FactorRow key={factor.id} factor={factor} />
            ))}
            {isOpen ? (
              <Enrolment onEnd={close} taken={factors.map((factor) => factor.friendly_name ?? '')} />
            ) : (
              <Button
                variant={factors.length ? 'subtle' : 'default'}
                leftSection={<IconShieldPlus size={16} />}
                w="fit-content"
                onClick={open}
              >
                {factors.length ? 'Add another app' : 'Set up an authenticator app'}
              </Button>
            )}
          </Stack>
        )}
      </QueryStates>
    </SettingsCard>
  );
}

function FactorRow({ factor }: { factor: Factor }) {
  const supabase = useSupabase();
  const queries = useQueryClient();
  const name = factor.friendly_name || 'Authenticator app';
  const remove = useMutation({
    mutationFn: async () => {
      const { error } = await supabase.auth.mfa.unenroll({ factorId: factor.id });
      if (error) throw error;
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: FACTORS });
      toastDone(`${name} is asked for no more.`);
    },
  });
  return (
    <Group justify="space-between" gap="sm">
      <Group gap="sm">
        <IconShieldCheck size={20} aria-hidden color="var(--mantine-primary-color-filled)" />
        <div>
          <Text fw={550}>
            {name}{' '}
            <Tag size="sm" color="water">
              on
            </Tag>
          </Text>
          <Text size="sm" c="dimmed">
            set up <RelativeTime value={factor.created_at} />
          </Text>
        </div>
      </Group>
      <Confirm
        title={`Remove ${name}?`}
        action="Remove"
        onConfirm={() => remove.mutateAsync()}
        trigger={(open) => (
          <Button size="compact-sm" variant="default" onClick={open} aria-label={`Remove ${name}`}>
            Remove
          </Button>
        )}
      >
        Its codes are no longer asked for. With no app left, your password alone lets you in.
      </Confirm>
    </Group>
  );
}
