import type { Source, SourceChanges } from '@/api';

/** The settings as a form holds them. */
export interface SettingsForm {
  name: string;
  kind: Source['kind'];
  check_interval: string;
  threshold: number;
  medium_from: number;
  high_from: number;
  keywords_must: string[];
  keywords_must_not: string[];
  watch_selectors: string[];
  ignore_selectors: string[];
  ignore_patterns: string[];
  render: 'http' | 'browser';
  notify_after_failures: string;
}

/** Read a source into the form. */
export function readForm({ name, kind, check_interval, config }: Source): SettingsForm {
  return {
    name,
    kind,
    check_interval: `${check_interval}`,
    threshold: config.threshold ?? 0.4,
    medium_from: config.medium_from ?? 0.6,
    high_from: config.high_from ?? 0.8,
    keywords_must: config.keywords_must ?? [],
    keywords_must_not: config.keywords_must_not ?? [],
    watch_selectors: config.watch_selectors ?? [],
    ignore_selectors: config.ignore_selectors ?? [],
    ignore_patterns: config.ignore_patterns ?? [],
    render: config.render ?? 'http',
    notify_after_failures: `${config.notify_after_failures ?? 3}`,
  };
}

const CONFIG = [
  'threshold',
  'medium_from',
  'high_from',
  'keywords_must',
  'keywords_must_not',
  'watch_selectors',
  'ignore_selectors',
  'ignore_patterns',
  'render',
  'notify_after_failures',
] as const;

/** Return what differs from the source. A configuration is sent only when it differs: the next check starts afresh then. */
export function toChanges(form: SettingsForm, source: Source): SourceChanges {
  const before = readForm(source);
  const { name, kind, check_interval, notify_after_failures, ...rest } = form;
  const changes: SourceChanges = {};
  if (name.trim() !== source.name) changes.name = name.trim();
  if (kind !== source.kind) changes.kind = kind;
  if (check_interval !== before.check_interval) changes.check_interval = Number(check_interval);
  if (CONFIG.some((key) => JSON.stringify(form[key]) !== JSON.stringify(before[key]))) {
    changes.config = { ...source.config, ...rest, notify_after_failures: Number(notify_after_failures) };
  }
  return changes;
}
