import { address } from '@/shared/feature/addresses';
import { readDeliverySearch } from './notifications/search';

/** The pages of the account, and of how one is notified. */
export const links = {
  profile: address('/settings/account'),
  security: address('/settings/account/security'),
  preferences: address('/settings/notifications'),
  webhooks: address('/settings/notifications/webhooks'),
  deliveries: address('/settings/notifications/deliveries', readDeliverySearch),
};
