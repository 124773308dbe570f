import { Button, Group, Image, Loader, PinInput, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Copyable } from '@/shared/page/Secret';
import { FormError } from '@/shared/page/SettingsCard';
import { Failed } from '@/shared/page/states';
import { toastDone } from '@/shared/page/toasts';
import { useSupabase } from '@/shared/platform/supabase';
import { FACTORS } from './TwoFactor';

/** A name that no app has yet: "Authenticator app", then "Authenticator app 2". */
export function nameNext(taken: string[]): string {
  const plain = 'Authenticator app';
  if (!taken.includes(plain)) return plain;
  for (let number = 2; ; number += 1) if (!taken.includes(`${plain} ${number}`)) return `${plain} ${number}`;
}

/** Escape what an address can't hold as it is, such as the # of a colour, in a picture that came as an address. */
export function escapePicture(address: string): string {
  const [, head, body] = /^(data:[^,]*,)(.*)$/s.exec(address) ?? [];
  return head && body?.startsWith('<') ? head + encodeURIComponent(body) : address;
}

/** Takes an authenticator app in: its code is scanned, and one of its codes proves that it works. */
export function Enrolment({ onEnd, taken }: { onEnd: () => void; taken: string[] }) {
  const supabase = useSupabase();
  const queries = useQueryClient();
  const [code, setCode] = useState('');
  const started = useQuery({
    queryKey: ['enrolment'],
    queryFn: async () => {
      await dropUnfinished(supabase);
      const asked = { factorType: 'totp' as const, friendlyName: nameNext(taken), issuer: 'Headwater' };
      const { data, error } = await supabase.auth.mfa.enroll(asked);
      if (error) throw error;
      return data;
    },
    // Each asking makes another secret; the one that was scanned must stay.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
  const verify = useMutation({
    mutationFn: async (given: string) => {
      const factorId = started.data?.id ?? '';
      const { error } = await supabase.auth.mfa.challengeAndVerify({ factorId, code: given });
      if (error) throw error;
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: FACTORS });
      toastDone('From now on you are asked for a code when you sign in.');
      onEnd();
    },
    onError: () => setCode(''),
  });
  if (started.isError)
    return <Failed error={started.error} what="It could not be begun" onRetry={() => void started.refetch()} />;
  if (!started.data) return <Loader size="sm" role="status" aria-label="Loading" />;
  const { qr_code, secret } = started.data.totp;
  const picture = escapePicture(qr_code);
  return (
    <Group align="flex-start" gap="lg">
      <Image src={picture} alt="QR code for the authenticator app" w={176} h={176} p={8} bg="white" radius="md" />
      <Stack gap="sm" flex="1 1 260px" miw={0}>
        <Text size="sm">1. Scan the picture with the app, or type this in:</Text>
        <Copyable value={secret} label="secret" />
        <Text size="sm" id="enrolment-code">
          2. Enter the six digits that it shows:
        </Text>
        <PinInput
          length={6}
          type="number"
          oneTimeCode
          autoFocus
          aria-labelledby="enrolment-code"
          getInputProps={(index) => ({ 'aria-label': `Digit ${index + 1}` })}
          value={code}
          onChange={setCode}
          onComplete={(given) => verify.mutate(given)}
          disabled={verify.isPending}
          error={verify.isError}
        />
        <FormError error={verify.error} />
        <Button variant="subtle" size="compact-sm" w="fit-content" onClick={onEnd}>
          Not now
        </Button>
      </Stack>
    </Group>
  );
}

/** Forget what was begun and never proven: such factors ask for nothing and only take up names. */
async function dropUnfinished(supabase: ReturnType<typeof useSupabase>): Promise<void> {
  const { data } = await supabase.auth.mfa.listFactors();
  const unfinished = data?.all.filter(({ status, factor_type }) => status === 'unverified' && factor_type === 'totp');
  for (const { id } of unfinished ?? []) await supabase.auth.mfa.unenroll({ factorId: id });
}
