import { describe, expect, it } from 'vitest';
import { ApiError, explain, readApiError } from '@/shared/platform/errors';

describe('readApiError', () => {
  it('keeps what the API says', () => {
    const body = {
      code: 'blocked_address',
      message: 'Not public.',
      hint: 'Give a public one.',
      details: { reason: 'x' },
    };
    const error = readApiError(body, new Response(null, { status: 422 }));
    expect(error).toMatchObject({ status: 422, ...body });
    expect(explain(error)).toEqual({ message: 'Not public.', hint: 'Give a public one.' });
  });

  it('says something where a proxy answered', () => {
    const error = readApiError('<html>', new Response(null, { status: 502 }));
    expect(error).toMatchObject({ status: 502, code: 'http_error', message: 'The server answered 502.' });
  });

  it('knows when no answer came', () => {
    expect(readApiError(new TypeError('Failed to fetch'), undefined)).toMatchObject({ status: 0, code: 'unreachable' });
  });

  it('leaves alone what is read already', () => {
    const error = new ApiError(404, 'not_found', 'Gone.');
    expect(readApiError(error, undefined)).toBe(error);
  });
});

describe('explain', () => {
  it('reads the errors of tables', () => {
    expect(explain({ message: 'permission denied', hint: null, code: '42501' })).toEqual({
      message: 'permission denied',
      hint: null,
    });
  });

  it('has words for whatever is thrown', () => {
    expect(explain(undefined).message).toBe('Something went wrong.');
    expect(explain(new TypeError('x is not a function')).message).toBe('Something went wrong.');
    expect(explain(new TypeError('Failed to fetch')).message).toBe("Headwater doesn't answer.");
  });
});
