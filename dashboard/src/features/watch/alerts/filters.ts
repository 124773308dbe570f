import type { Severity } from '@/shared/badges/SeverityBadge';

/** What the inbox shows: `open` is what nobody acknowledged. */
export interface AlertFilters {
  show?: 'acknowledged' | 'all';
  severity?: Exclude<Severity, 'low'>;
  source?: string;
}

/** Read the filters of an address; what makes no sense is left out. */
export function readAlertFilters(search: Record<string, unknown>): AlertFilters {
  const { show, severity, source } = search;
  return {
    show: show === 'acknowledged' || show === 'all' ? show : undefined,
    severity: severity === 'medium' || severity === 'high' ? severity : undefined,
    source: typeof source === 'string' && source ? source : undefined,
  };
}

/** Say it as the API takes it. */
export function toAlertQuery({ show, severity, source }: AlertFilters) {
  return {
    acknowledged: show === 'all' ? undefined : show === 'acknowledged',
    severity_from: severity,
    source_id: source,
  };
}
