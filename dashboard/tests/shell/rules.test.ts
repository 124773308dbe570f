import { IconWorld } from '@tabler/icons-react';
import { describe, expect, it, vi } from 'vitest';
import { createKeyListener } from '@/shell/keyboard/shortcuts';
import { type Entry, matchEntries } from '@/shell/palette/matching';
import { readWayBack } from '@/shell/sign-in/links';
import { checkNewPassword } from '@/shell/sign-in/passwords';

function makeEntry(label: string, more: Partial<Entry> = {}): Entry {
  return { id: label, group: 'Go to', label, icon: IconWorld, run: () => undefined, ...more };
}

describe('matchEntries', () => {
  const entries = [
    makeEntry('Sources'),
    makeEntry('Add a source', { keywords: ['watch', 'page'] }),
    makeEntry('Überblick'),
    makeEntry('Dark theme', { group: 'Appearance' }),
  ];
  const match = (typed: string, recent: string[] = []): string[] =>
    matchEntries(entries, typed, recent).map(({ label }) => label);

  it.each([
    ['source', ['Sources', 'Add a source']],
    ['add sou', ['Add a source']],
    ['page', ['Add a source']],
    ['uberblick', ['Überblick']],
    ['APPEAR', ['Dark theme']],
    ['ark', ['Dark theme']],
    ['nothing', []],
  ])('finds for “%s” %j', (typed, found) => {
    expect(match(typed)).toEqual(found);
  });

  it('shows what was done last first, once', () => {
    expect(match('', ['Dark theme', 'gone'])).toEqual(['Dark theme', 'Sources', 'Add a source', 'Überblick']);
  });
});

describe('readWayBack', () => {
  it.each([
    ['/alerts?severity=high', '/alerts?severity=high'],
    [undefined, '/'],
    ['https://evil.example', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in', '/'],
  ])('from %s leads to %s', (back, to) => {
    expect(readWayBack(back)).toBe(to);
  });
});

describe('checkNewPassword', () => {
  it.each([
    ['seven77', false],
    ['eight888', true],
    ['x'.repeat(72), true],
    ['ü'.repeat(37), false],
  ])('of %s says %s', (password, isGood) => {
    expect(checkNewPassword(password) === null).toBe(isGood);
  });
});

describe('createKeyListener', () => {
  const press = (
    listener: (event: KeyboardEvent) => void,
    key: string,
    more: KeyboardEventInit = {},
  ): KeyboardEvent => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
    listener(event);
    return event;
  };

  it('runs shortcuts of one and of two keys, and leaves other keys to the browser', () => {
    const [go, help, palette] = [vi.fn(), vi.fn(), vi.fn()];
    const shortcuts = [
      { keys: 'g r', label: '', run: go },
      { keys: '?', label: '', run: help },
    ];
    const listener = createKeyListener(() => shortcuts, palette);
    press(listener, 'g');
    expect(press(listener, 'r').defaultPrevented).toBe(true);
    expect(go).toHaveBeenCalledOnce();
    press(listener, 'r');
    expect(go).toHaveBeenCalledOnce();
    press(listener, '?');
    expect(help).toHaveBeenCalledOnce();
    expect(press(listener, '?', { ctrlKey: true }).defaultPrevented).toBe(false);
    press(listener, 'K', { metaKey: true });
    expect(palette).toHaveBeenCalledOnce();
  });

  it('takes keys for letters where somebody writes, and in dialogs', () => {
    const help = vi.fn();
    const listener = createKeyListener(() => [{ keys: '?', label: '', run: help }], vi.fn());
    document.body.innerHTML = '<input /><div role="dialog"></div>';
    document.addEventListener('keydown', listener);
    document.querySelector('input')?.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }));
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }));
    expect(help).not.toHaveBeenCalled();
    document.querySelector('[role=dialog]')?.remove();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true }));
    expect(help).toHaveBeenCalledOnce();
    document.removeEventListener('keydown', listener);
    document.body.innerHTML = '';
  });
});
