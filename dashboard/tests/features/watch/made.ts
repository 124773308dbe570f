import type { Alert, DiffRow, ReadableDiff, Source, UserQuery } from '@/api';
import { WORKSPACES } from '../../fixtures/stage';

const workspace_id = WORKSPACES[0]?.id ?? '';

/** Make an alert. */
export function makeAlert(changes: Partial<Alert> = {}): Alert {
  return {
    id: 'a1',
    workspace_id,
    monitored_source_id: 's1',
    source_name: 'Acme prices',
    source_url: 'https://acme.example/pricing',
    from_content_id: 'v1',
    to_content_id: 'v2',
    summary: 'Price changed from $20 to $24',
    details: {},
    severity: 'high',
    score: 0.91,
    acknowledged_at: null,
    created_at: '2026-03-01T12:00:00Z',
    ...changes,
  };
}

/** Make a row of a difference. */
export function makeRow(changes: Partial<DiffRow> = {}): DiffRow {
  return {
    kind: 'same',
    nature: '',
    spans: [{ op: 'same', text: 'Choose a plan.' }],
    tag: 'p',
    heading: '',
    before_number: 1,
    after_number: 1,
    score: null,
    facts: [],
    reason: '',
    moved: false,
    count: 0,
    ...changes,
  };
}

export const PRICE = makeRow({
  kind: 'reworded',
  spans: [
    { op: 'same', text: 'The Team plan costs ' },
    { op: 'removed', text: '$20' },
    { op: 'added', text: '$24' },
    { op: 'same', text: ' a month.' },
  ],
  score: 0.9,
  facts: [{ kind: 'price', before: '$20', after: '$24' }],
});

/** Make a difference. */
export function makeDiff(changes: Partial<ReadableDiff> = {}): ReadableDiff {
  return {
    alert_id: 'a1',
    source_id: 's1',
    source_name: 'Acme prices',
    source_url: 'https://acme.example/pricing',
    summary: 'Price changed from $20 to $24',
    severity: 'high',
    score: 0.91,
    gravest: 0.9,
    share: 0.11,
    reasons: ['price changed from $20 to $24'],
    keywords: [],
    facts: [],
    thresholds: { alert: 0.4, medium: 0.6, high: 0.8 },
    before: { id: 'v1', title: 'Pricing', characters: 900, created_at: '2026-02-28T12:00:00Z' },
    after: { id: 'v2', title: 'Pricing', characters: 900, created_at: '2026-03-01T12:00:00Z' },
    seen_before_at: '2026-03-01T11:00:00Z',
    seen_after_at: '2026-03-01T12:00:00Z',
    counts: { reworded: 1 },
    rows: [makeRow({ kind: 'folded', spans: [], count: 3 }), PRICE],
    left_out: 0,
    is_complete: true,
    ...changes,
  };
}

/** Make a source. */
export function makeSource(changes: Partial<Source> = {}): Source {
  return {
    id: 's1',
    workspace_id,
    user_query_id: null,
    url: 'https://acme.example/pricing',
    kind: 'website',
    name: 'Acme prices',
    status: 'active',
    config: {
      threshold: 0.4,
      medium_from: 0.6,
      high_from: 0.8,
      keywords_must: [],
      keywords_must_not: [],
      watch_selectors: [],
      ignore_selectors: [],
      ignore_patterns: [],
      render: 'http',
      notify_after_failures: 3,
    },
    check_interval: 3600,
    next_check_at: '2099-01-01T00:00:00Z',
    last_checked_at: '2026-03-01T12:00:00Z',
    last_changed_at: null,
    last_error: null,
    last_error_kind: null,
    error_count: 0,
    created_at: '2026-02-01T12:00:00Z',
    updated_at: '2026-02-01T12:00:00Z',
    ...changes,
  };
}

/** Make a question. */
export function makeQuery(changes: Partial<UserQuery> = {}): UserQuery {
  return {
    id: 'q1',
    workspace_id,
    raw_query: 'price changes at acme.example',
    refined_query: null,
    status: 'pending',
    config_hints_json: {},
    suggestions: [],
    error: null,
    created_at: '2026-03-01T12:00:00Z',
    updated_at: '2026-03-01T12:00:00Z',
    ...changes,
  };
}
