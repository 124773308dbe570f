/** Begins the key of every query for deliveries, with any parameters, as the generated client makes them. */
export const DELIVERIES_KEY = [{ _id: 'notificationsListDeliveries' }] as const;
