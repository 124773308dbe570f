import { useQuery } from '@tanstack/react-query';
import { notificationsReadPreferencesOptions } from '@/api/@tanstack/react-query.gen';
import { Page } from '@/shared/page/Page';
import { ListSkeleton, QueryStates } from '@/shared/page/states';
import { useWorkspace } from '@/shared/platform/workspace';
import { NotificationTabs } from '../tabs';
import { PreferencesForm } from './PreferencesForm';

/** How one is told of what happens in the workspace. */
export function PreferencesPage() {
  const { workspace } = useWorkspace();
  const query = useQuery(notificationsReadPreferencesOptions());
  return (
    <Page
      title="Notifications"
      description={`How you are notified of what happens in ${workspace.name}. Other members choose for themselves.`}
      width="narrow"
    >
      <NotificationTabs />
      <QueryStates
        query={query}
        what="Your preferences could not be loaded"
        skeleton={<ListSkeleton rows={3} height={150} />}
      >
        {(preferences) => <PreferencesForm preferences={preferences} key={preferences.workspace_id} />}
      </QueryStates>
    </Page>
  );
}
