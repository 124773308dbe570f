import { Stack, Text } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { webhooksListEndpointsOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { Empty, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { NotificationTabs } from '../tabs';
import { EndpointCard } from './EndpointCard';
import { NewEndpointButton } from './EndpointForm';

/** Where the workspace's events are posted. */
export function WebhooksPage() {
  const { can } = useWorkspace();
  const query = useQuery(webhooksListEndpointsOptions());
  return (
    <Page
      title="Notifications"
      description="Events of this workspace are posted to these addresses, signed as Standard Webhooks says."
      width="narrow"
      actions={can('editor') && <NewEndpointButton />}
    >
      <NotificationTabs />
      <QueryStates
        query={query}
        what="The webhooks could not be loaded"
        isEmpty={(endpoints) => endpoints.length === 0}
        empty={
          <Empty icon={IconWebhook} title="There are no webhooks" action={can('editor') && <NewEndpointButton />}>
            {can('editor')
              ? 'Add the address of a service of yours to have every event posted there as JSON.'
              : 'Somebody who may edit the workspace can add one.'}
          </Empty>
        }
      >
        {(endpoints) => (
          <Stack>
            {endpoints.map((endpoint) => (
              <EndpointCard key={endpoint.id} endpoint={endpoint} />
            ))}
            <Text size="sm" c="dimmed">
              Answer with any 2xx within 15 seconds. Anything else is tried again for 36 hours.
            </Text>
          </Stack>
        )}
      </QueryStates>
    </Page>
  );
}
