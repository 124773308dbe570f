import { address } from '@/shared/feature/addresses';

/** The pages of the workspace. */
export const links = {
  members: address('/workspace/members'),
  apiKeys: address('/workspace/api-keys'),
  settings: address('/workspace/settings'),
  activity: address('/workspace/settings/activity'),
  newWorkspace: address('/workspace/new'),
  invitation: address('/invitations/$token'),
};
