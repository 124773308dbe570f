import { Card, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { explain } from '@/shared/errors';
import { TabLinks } from '@/shared/TabLinks';

/** One matter of a settings page. */
export function Part({ title, text, children }: { title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <Card withBorder p="lg" component="section">
      <Title order={2} size="h5" mb={text ? 2 : 'sm'}>
        {title}
      </Title>
      {text && (
        <Text size="sm" c="dimmed" mb={children ? 'md' : 0} component="div">
          {text}
        </Text>
      )}
      {children}
    </Card>
  );
}

/** What went wrong with a form, beneath its fields. */
export function Problem({ error }: { error: unknown }) {
  if (!error) return null;
  const { message, hint } = explain(error);
  return (
    <Text role="alert" size="sm" c="var(--mantine-color-error)">
      {message} {hint}
    </Text>
  );
}

/** The pages of one's account. */
export function AccountTabs() {
  return (
    <TabLinks
      label="Account"
      links={[
        { label: 'Profile', to: '/settings/account' },
        { label: 'Security', to: '/settings/account/security' },
      ]}
    />
  );
}

/** The pages about notifications. */
export function NotificationTabs() {
  return (
    <TabLinks
      label="Notifications"
      links={[
        { label: 'Preferences', to: '/settings/notifications' },
        { label: 'Webhooks', to: '/settings/notifications/webhooks' },
        { label: 'Deliveries', to: '/settings/notifications/deliveries' },
      ]}
    />
  );
}
