import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatMilliseconds, formatRelative, RelativeTime, readTimezone } from '@/shared/time';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const ago = (seconds: number): number => NOW - seconds * 1000;

describe('formatRelative', () => {
  it.each([
    [ago(0), 'now'],
    [ago(9), 'now'],
    [ago(45), '45 seconds ago'],
    [ago(60), '1 minute ago'],
    [ago(3599), '59 minutes ago'],
    [ago(7200), '2 hours ago'],
    [ago(86_400), 'yesterday'],
    [ago(14 * 86_400), '2 weeks ago'],
    [ago(-300), 'in 5 minutes'],
  ])('says %s as %s', (moment, said) => {
    expect(formatRelative(moment, NOW)).toBe(said);
  });
});

describe('formatDuration', () => {
  it.each([
    [5, '5 sec'],
    [900, '15 min'],
    [5400, '1.5 hr'],
    [86_400, '24 hr'],
    [259_200, '3 days'],
  ])('says %s seconds as %s', (seconds, said) => {
    expect(formatDuration(seconds)).toBe(said);
  });
});

describe('RelativeTime', () => {
  it('gives the moment itself to machines and as a title', () => {
    const moment = new Date(Date.now() - 120_000).toISOString();
    render(<RelativeTime value={moment} />);
    const time = screen.getByText('2 minutes ago');
    expect(time).toHaveAttribute('datetime', moment);
    expect(time.title).toContain(String(new Date(moment).getFullYear()));
  });

  it('says what is missing', () => {
    render(<RelativeTime value={null} missing="not yet" />);
    expect(screen.getByText('not yet')).toBeInTheDocument();
  });
});

describe('formatMilliseconds', () => {
  it.each([
    [340.4, '340 ms'],
    [999, '999 ms'],
    [1240, '1.2 s'],
  ])('writes %d as %s', (value, written) => {
    expect(formatMilliseconds(value)).toBe(written);
  });
});

describe('readTimezone', () => {
  it('is the browser’s', () => {
    expect(readTimezone()).toBe('UTC');
  });
});
