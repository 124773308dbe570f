import type { ErrorBody } from '@/api';

/** An error of the API: `{code, message, details, hint}`, with the status. Status 0: no answer came. */
export class ApiError extends Error implements ErrorBody {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string | null = null,
    readonly details: unknown = null,
  ) {
    super(message);
  }
}

/** What people read about an error. */
export interface Explained {
  message: string;
  hint: string | null;
}

/** Make an ApiError of what the generated client threw. */
export function readApiError(thrown: unknown, response: Response | undefined): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (!response) {
    const aborted = thrown instanceof DOMException && thrown.name === 'AbortError';
    return new ApiError(0, aborted ? 'aborted' : 'unreachable', "Headwater doesn't answer.", 'Check your connection.');
  }
  const body = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Partial<ErrorBody>;
  const message = body.message ?? `The server answered ${response.status}.`;
  return new ApiError(response.status, body.code ?? 'http_error', message, body.hint ?? null, body.details ?? null);
}

// Chromium, Firefox and Safari, in this order.
const NO_ANSWER = /^(Failed to fetch|NetworkError when attempting|Load failed)/;

/** Say in plain words what happened, whatever was thrown. */
export function explain(error: unknown): Explained {
  if (error instanceof ApiError) return { message: error.message, hint: error.hint };
  // PostgREST's errors are plain objects with the same two names; other libraries throw an Error.
  const given = (typeof error === 'object' && error !== null ? error : {}) as { message?: unknown; hint?: unknown };
  const message = typeof given.message === 'string' ? given.message : '';
  if (NO_ANSWER.test(message)) return { message: "Headwater doesn't answer.", hint: 'Check your connection.' };
  const isFault = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  return {
    message: isFault || !message ? 'Something went wrong.' : message,
    hint: typeof given.hint === 'string' ? given.hint : null,
  };
}
