import { describe, expect, it } from 'vitest';
import type { Check, Sparklines } from '@/api';
import { groupByDay, nameDay } from '@/features/watch/alerts/days';
import { readAlertFilters, toAlertQuery } from '@/features/watch/alerts/filters';
import { listChoices } from '@/features/watch/ask/choices';
import { findStage } from '@/features/watch/ask/Steps';
import { describeCounts } from '@/features/watch/change/counts';
import { groupByHeading, needsHeading, readSide } from '@/features/watch/change/diffRows';
import { explainScore } from '@/features/watch/change/score';
import { groupRuns } from '@/features/watch/source/runs';
import { readForm, toChanges } from '@/features/watch/source/settings';
import { chooseBeatRange, describeBeats, readBeats } from '@/features/watch/sources/beats';
import { readSourceFilters } from '@/features/watch/sources/filters';
import { describeImport } from '@/features/watch/sources/opml';
import { makeAlert, makeRow, makeSource, PRICE } from './made';

describe('a difference', () => {
  it('reads each side from one row of spans', () => {
    const text = (side: 'before' | 'after') =>
      readSide(PRICE.spans, side)
        .map((span) => span.text)
        .join('');
    expect(text('before')).toBe('The Team plan costs $20 a month.');
    expect(text('after')).toBe('The Team plan costs $24 a month.');
  });

  it('parts rows by the headings of the page and says none twice', () => {
    const rows = [
      makeRow({ tag: 'h2', heading: 'Plans', spans: [{ op: 'same', text: 'Plans' }] }),
      makeRow({ heading: 'Plans' }),
      makeRow({ kind: 'folded', count: 4 }),
      makeRow({ heading: 'Terms' }),
    ];
    const sections = groupByHeading(rows);
    expect(sections.map(({ heading, rows: part }) => [heading, part.length])).toEqual([
      ['Plans', 3],
      ['Terms', 1],
    ]);
    expect(sections.map(needsHeading)).toEqual([false, true]);
  });

  it('says how a score came about', () => {
    const keywords: string[] = [];
    expect(explainScore({ score: 0.91, gravest: 0.9, share: 0.11, keywords })).toBe(
      'The gravest change weighs 0.90, and 0.01 for its breadth; 11% of the text was touched.',
    );
    expect(explainScore({ score: 1, gravest: 0.8, share: 0.001, keywords: ['price'] })).toContain(
      '0.20 for its breadth and the keywords; less than 1%',
    );
    expect(explainScore({ score: 0.5, gravest: null, share: 0.2, keywords })).toBe('20% of the text was touched.');
  });

  it('counts what became of the passages', () => {
    expect(describeCounts({ reworded: 2, added: 1, removed: 0, moved: 0, noise: 3 })).toBe(
      '2 changed, 1 added, 3 left out as noise',
    );
    expect(describeCounts({})).toBe('none');
  });
});

describe('the inbox', () => {
  it('parts alerts into days of the calendar', () => {
    const at = (day: number, hour: number) => new Date(2026, 2, day, hour).toISOString();
    const alerts = [at(2, 9), at(2, 1), at(1, 23)].map((created_at, place) =>
      makeAlert({ id: `a${place}`, created_at }),
    );
    const days = groupByDay(alerts, new Date(2026, 2, 2, 12), 'en-GB');
    expect(days.map(({ label, alerts: part }) => [label, part.length])).toEqual([
      ['Today', 2],
      ['Yesterday', 1],
    ]);
    expect(nameDay(new Date(2025, 5, 3), new Date(2026, 2, 2), 'en-GB')).toMatch(/^Tuesday,? 3 June 2025$/);
  });

  it('reads filters of an address and leaves out what makes no sense', () => {
    expect(readAlertFilters({ show: 'all', severity: 'dreadful', source: 5 })).toEqual({ show: 'all' });
    expect(toAlertQuery({})).toMatchObject({ acknowledged: false });
    expect(toAlertQuery({ show: 'all' }).acknowledged).toBeUndefined();
    expect(toAlertQuery({ show: 'acknowledged', severity: 'high' })).toMatchObject({
      acknowledged: true,
      severity_from: 'high',
    });
    expect(readSourceFilters({ status: 'deleted', search: 404, dialog: 'add' })).toEqual({
      search: '404',
      dialog: 'add',
    });
  });
});

describe('asking', () => {
  const found = [
    { url: 'https://www.acme.example/pricing/', title: 'Pricing', kind: 'website', reason: 'It has the prices.' },
    { url: 'https://acme.example/feed.xml', title: 'Feed', kind: 'rss', reason: 'Each entry shows up.' },
    { url: 'https://acme.example/status', title: 'Status', kind: 'website', reason: 'It has the state.' },
  ] as const;

  it('picks all but what is left out or watched already', () => {
    const choices = listChoices(found, [makeSource()], new Set(['https://acme.example/status']));
    expect(choices.map(({ state }) => state)).toEqual(['watched', 'picked', 'left']);
    expect(choices[0]?.source?.id).toBe('s1');
  });

  it('knows how far a question has come', () => {
    expect(findStage({ status: 'pending' }, 0)).toBe('finding');
    expect(findStage({ status: 'failed' }, 0)).toBe('finding');
    expect(findStage({ status: 'discovered' }, 0)).toBe('choosing');
    expect(findStage({ status: 'discovered' }, 2)).toBe('watching');
  });
});

describe('sources', () => {
  const starts = [0, 1, 2, 3].map((hour) => new Date(Date.UTC(2026, 2, 1, hour)).toISOString());
  const lines: Sparklines = {
    timezone: 'UTC',
    step_seconds: 3600,
    starts,
    sources: [{ source_id: 's1', checks: [0, 0, 3, 2], changed: [0, 0, 1, 0], failed: [0, 0, 1, 2] }],
  };

  it('draws what matters most of each span, and nothing before there was a source', () => {
    const beats = readBeats(lines, makeSource({ created_at: '2026-03-01T01:30:00Z' }));
    expect(beats).toEqual([null, 'idle', 'change', 'trouble']);
    expect(describeBeats(beats, 'Last hour')).toBe('Last hour: changes in 1 of 4 spans, failures in 1');
    expect(describeBeats([null, 'idle'], 'Last hour')).toBe('Last hour: no checks');
  });

  it('looks back no further than the oldest source', () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    const hours = (created_at: string) => chooseBeatRange([makeSource({ created_at })], now).hours;
    expect(hours('2026-03-01T11:30:00Z')).toBe(1);
    expect(hours('2026-03-01T02:00:00Z')).toBe(24);
    expect(hours('2026-02-01T02:00:00Z')).toBe(168);
  });

  it('tells checks that found the same nothing together', () => {
    const make = (id: string, outcome: string, reason: string | null = null): Check => ({
      id,
      at: '2026-03-01T12:00:00Z',
      outcome,
      reason,
      http_status: 200,
      bytes: 1,
      ms: 1,
      change_score: null,
      alert_id: null,
    });
    const runs = groupRuns([
      make('6', 'unchanged'),
      make('5', 'unchanged'),
      make('4', 'changed'),
      make('3', 'changed'),
      make('2', 'error', 'timeout'),
      make('1', 'error', 'gone'),
    ]);
    expect(runs.map(({ newest, oldest, count }) => [newest.id, oldest.id, count])).toEqual([
      ['6', '5', 2],
      ['4', '4', 1],
      ['3', '3', 1],
      ['2', '2', 1],
      ['1', '1', 1],
    ]);
  });

  it('sends only what somebody changed, and the configuration as a whole', () => {
    const source = makeSource();
    const form = readForm(source);
    expect(toChanges(form, source)).toEqual({});
    expect(toChanges({ ...form, name: ' Prices ', check_interval: '60' }, source)).toEqual({
      name: 'Prices',
      check_interval: 60,
    });
    expect(toChanges({ ...form, threshold: 0.5, notify_after_failures: '5' }, source).config).toEqual({
      ...source.config,
      threshold: 0.5,
      notify_after_failures: 5,
    });
  });

  it('says what became of an import', () => {
    expect(describeImport({ added: 1, already_watched: 0, refused: [] })).toBe('1 source is watched from now on.');
    expect(describeImport({ added: 3, already_watched: 2, refused: [] })).toContain('2 were watched already');
    expect(describeImport({ added: 0, already_watched: 9, refused: [] })).toContain('Nothing new');
  });
});
