import { Container } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { Failed } from '@/shared/page/states';

/** A page crashed; the layout around it lives on. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  useDocumentTitle('Something went wrong · Headwater');
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Container size="sm" py="xl">
      <Failed error={error} what="This page went wrong" onRetry={retry} />
    </Container>
  );
}
