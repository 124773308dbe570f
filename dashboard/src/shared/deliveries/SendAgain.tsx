import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Delivery } from '@/api';
import { notificationsReplayDeliveryMutation } from '@/api/@tanstack/react-query.gen';
import { toastDone, toastFailure } from '../page/toasts';
import { isReplayable, nameDelivery } from './deliveries';
import { DELIVERIES_KEY } from './keys';

/** Sends a delivery again that was given up; nothing where it wasn't. */
export function SendAgain({ delivery }: { delivery: Delivery }) {
  const queries = useQueryClient();
  const replay = useMutation({
    ...notificationsReplayDeliveryMutation(),
    onSuccess: async () => {
      toastDone('It is being sent again.');
      await queries.invalidateQueries({ queryKey: DELIVERIES_KEY });
    },
    onError: (error) => toastFailure('It was not sent again', error),
  });
  if (!isReplayable(delivery)) return null;
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconRefresh size={14} />}
      loading={replay.isPending}
      onClick={() => replay.mutate({ path: { delivery_id: delivery.id } })}
      aria-label={`Send again: ${nameDelivery(delivery)}`}
    >
      Send again
    </Button>
  );
}
