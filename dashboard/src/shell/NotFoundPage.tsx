import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { HOME } from '@/shared/feature/addresses';
import { Empty } from '@/shared/page/states';

/** No page has this address. */
export function NotFoundPage() {
  useDocumentTitle('Not found · Headwater');
  return (
    <Empty
      icon={IconMapOff}
      title="There is nothing at this address"
      action={
        <Button component={Link} {...HOME}>
          Go home
        </Button>
      }
    >
      The link may be old, or what it showed may be in another workspace.
    </Empty>
  );
}
