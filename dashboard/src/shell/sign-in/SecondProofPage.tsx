import { Anchor, PinInput, Stack } from '@mantine/core';
import { useState } from 'react';
import { announceLeaving } from '@/shared/platform/session';
import { useSupabase } from '@/shared/platform/supabase';
import { Frame } from './Frame';
import { AuthFailure } from './parts';

/** Asks for the code of the authenticator app, after the password. */
export function SecondProofPage({ factorId }: { factorId: string }) {
  const supabase = useSupabase();
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const verify = async (given: string): Promise<void> => {
    setBusy(true);
    const answer = await supabase.auth.mfa.challengeAndVerify({ factorId, code: given });
    setBusy(false);
    // What proves it replaces the session, and with it this page.
    if (!answer.error) return;
    setError(answer.error);
    setCode('');
  };
  const leave = (): void => {
    announceLeaving();
    void supabase.auth.signOut({ scope: 'local' });
  };
  return (
    <Frame
      title="Your code"
      description="Enter the six digits that your authenticator app shows now."
      footer={
        <Anchor component="button" type="button" onClick={leave} c="inherit" underline="always">
          Sign in as somebody else
        </Anchor>
      }
    >
      <Stack>
        <AuthFailure error={error} />
        <PinInput
          length={6}
          type="number"
          size="lg"
          oneTimeCode
          autoFocus
          getInputProps={(index) => ({ 'aria-label': `Digit ${index + 1}` })}
          value={code}
          onChange={setCode}
          onComplete={(given) => void verify(given)}
          disabled={isBusy}
          error={error !== null}
        />
      </Stack>
    </Frame>
  );
}
