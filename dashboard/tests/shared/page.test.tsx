import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { SeverityBadge } from '@/shared/badges/SeverityBadge';
import { Tag } from '@/shared/badges/Tag';
import { looksLikeEmail } from '@/shared/emails';
import { useKeys } from '@/shared/keyboard/useKeys';
import { ExternalLink } from '@/shared/page/ExternalLink';
import { FormError, SettingsCard } from '@/shared/page/SettingsCard';
import { toastDone, toastFailure, toastUndo } from '@/shared/page/toasts';
import { ApiError } from '@/shared/platform/errors';
import { isSamePage, shortenUrl } from '@/shared/urls';
import { draw } from '../fixtures/drawing';

describe('ExternalLink', () => {
  it('opens a new tab, and tells the other page nothing of us', () => {
    draw(<ExternalLink url="https://www.acme.example/pricing/" />);
    const link = screen.getByRole('link', { name: /acme\.example\/pricing.*opens a new tab/ });
    expect(link).toHaveAttribute('target', '_blank');
    expect(link).toHaveAttribute('rel', 'noreferrer noopener');
  });

  it('is a text where the address is none of the web', () => {
    draw(<ExternalLink url="javascript:alert(1)" />);
    expect(screen.queryByRole('link')).not.toBeInTheDocument();
    expect(screen.getByText('javascript:alert(1)')).toBeInTheDocument();
  });
});

describe('badges', () => {
  it('say a state and a severity in a word', () => {
    draw(
      <>
        <Tag color="orange">Failing</Tag>
        <SeverityBadge severity="high" score={0.91} />
      </>,
    );
    expect(screen.getByText('Failing')).toBeInTheDocument();
    expect(screen.getByText('High')).toBeInTheDocument();
  });
});

describe('settings', () => {
  it('stand in a section with its title, and a form says why it was refused', () => {
    draw(
      <SettingsCard title="Name" text="What others see.">
        <FormError error={new ApiError(422, 'invalid', 'It is too long.', 'Shorten it.')} />
      </SettingsCard>,
    );
    expect(screen.getByRole('heading', { name: 'Name' })).toBeInTheDocument();
    expect(screen.getByText('What others see.')).toBeInTheDocument();
    expect(screen.getByRole('alert')).toHaveTextContent('It is too long. Shorten it.');
  });

  it('say nothing where nothing was refused', () => {
    draw(<FormError error={null} />);
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });
});

describe('toasts', () => {
  it('say what was done, and what was not', async () => {
    draw(null);
    toastDone('The trout is free.');
    toastFailure('The pike is not free', new Error('The net is torn.'));
    expect(await screen.findByText('The trout is free.')).toBeInTheDocument();
    expect(await screen.findByText('The pike is not free')).toBeInTheDocument();
  });

  it('undo what was done, once', async () => {
    const undo = vi.fn();
    const { user } = draw(null);
    toastUndo('The trout is free.', undo);
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    expect(undo).toHaveBeenCalledOnce();
    await waitFor(() => expect(screen.queryByText('The trout is free.')).not.toBeInTheDocument());
  });
});

function Pond({ onFish }: { onFish: () => void }) {
  useKeys({ f: onFish });
  return <input aria-label="Name" />;
}

describe('useKeys', () => {
  it('hears single keys, but none that belong to somebody who writes or to the shell', async () => {
    const fish = vi.fn();
    const { user } = draw(<Pond onFish={fish} />);
    await user.keyboard('f');
    expect(fish).toHaveBeenCalledTimes(1);
    await user.type(screen.getByRole('textbox', { name: 'Name' }), 'f');
    expect(fish).toHaveBeenCalledTimes(1);
    (document.activeElement as HTMLElement).blur();
    await user.keyboard('gf');
    expect(fish).toHaveBeenCalledTimes(1);
    await user.keyboard('{Control>}f{/Control}');
    expect(fish).toHaveBeenCalledTimes(1);
    localStorage.setItem('headwater-single-keys', 'off');
    await user.keyboard('f');
    expect(fish).toHaveBeenCalledTimes(1);
  });
});

describe('addresses of the web and of e-mail', () => {
  it('take two addresses of one page for the same', () => {
    expect(isSamePage('http://www.Acme.example/', 'https://acme.example')).toBe(true);
    expect(isSamePage('https://acme.example/a', 'https://acme.example/b')).toBe(false);
    expect(shortenUrl('https://www.acme.example/pricing/')).toBe('acme.example/pricing');
  });

  it.each([
    ['ada@example.com', true],
    [' ada@example.com ', true],
    ['ada@example', false],
    ['ada example.com', false],
    ['@example.com', false],
  ])('of %j says %s', (text, isOne) => {
    expect(looksLikeEmail(text)).toBe(isOne);
  });
});
