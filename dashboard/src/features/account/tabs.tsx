import { TabLinks } from '@/shared/page/TabLinks';
import { links } from './links';

/** The pages of one's account. */
export function AccountTabs() {
  return (
    <TabLinks
      label="Account"
      tabs={[
        { label: 'Profile', target: links.profile() },
        { label: 'Security', target: links.security() },
      ]}
    />
  );
}

/** The pages about notifications. */
export function NotificationTabs() {
  return (
    <TabLinks
      label="Notifications"
      tabs={[
        { label: 'Preferences', target: links.preferences() },
        { label: 'Webhooks', target: links.webhooks() },
        { label: 'Deliveries', target: links.deliveries() },
      ]}
    />
  );
}
