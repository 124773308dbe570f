import type { PreferenceChanges, Preferences } from '@/api';

export type Channel = Preferences['channels'][number];

/** What the form of preferences holds. */
export interface PreferenceForm {
  channels: Channel[];
  mode: Preferences['mode'];
  severity_floor: Preferences['severity_floor'];
  timezone: string;
  quiet: boolean;
  quiet_start: string;
  quiet_end: string;
  digest_hour: string;
  email: string;
  subscribed: boolean;
}

/** Show what is kept as the form has it. */
export function toForm(kept: Preferences): PreferenceForm {
  return {
    channels: kept.channels,
    mode: kept.mode,
    severity_floor: kept.severity_floor,
    timezone: kept.timezone,
    quiet: kept.quiet_start !== null,
    quiet_start: (kept.quiet_start ?? '22:00').slice(0, 5),
    quiet_end: (kept.quiet_end ?? '07:00').slice(0, 5),
    digest_hour: String(kept.digest_hour),
    email: kept.email ?? '',
    subscribed: kept.subscribed,
  };
}

/** Make the request of the form. */
export function toChanges(form: PreferenceForm): PreferenceChanges {
  const { quiet, quiet_start, quiet_end, digest_hour, email, ...rest } = form;
  return {
    ...rest,
    quiet_start: quiet ? quiet_start : null,
    quiet_end: quiet ? quiet_end : null,
    digest_hour: Number(digest_hour),
    email: email.trim() || null,
  };
}

export const MODES: { value: Preferences['mode']; label: string; text: string }[] = [
  { value: 'immediate', label: 'At once', text: 'A mail for each, as soon as it happens' },
  { value: 'hourly', label: 'Hourly', text: 'One mail an hour, when there is something' },
  { value: 'daily', label: 'Daily', text: 'One mail a day, at an hour of your choice' },
];

export const FLOORS: { value: Preferences['severity_floor']; label: string }[] = [
  { value: 'low', label: 'Everything' },
  { value: 'medium', label: 'Medium and high' },
  { value: 'high', label: 'High only' },
];

/** The hours of a day as they are chosen. */
export const HOURS = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}));
