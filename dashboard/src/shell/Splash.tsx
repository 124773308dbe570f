import { Center, Container, Loader } from '@mantine/core';
import { Failed } from '@/shared/page/states';

/** While it is not known yet what to draw. */
export function Splash() {
  return (
    <Center mih="100dvh">
      <Loader role="status" aria-label="Loading" />
    </Center>
  );
}

/** The gateway did not say what it is. */
export function Unreachable({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <Center mih="100dvh" component="main">
      <Container size="xs">
        <Failed error={error} what="Headwater can't be reached" onRetry={onRetry} />
      </Container>
    </Center>
  );
}
