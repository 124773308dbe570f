import { Notifications } from '@mantine/notifications';

/** Where `shared/tell` shows what happened. */
export default function Notices() {
  return <Notifications position="bottom-right" limit={4} />;
}
