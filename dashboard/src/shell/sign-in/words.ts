import type { Explained } from '@/shared/platform/errors';
import { explain } from '@/shared/platform/errors';

/** What Supabase Auth's error codes mean to a person. */
const WORDS: Record<string, Explained> = {
  invalid_credentials: {
    message: 'This e-mail address and password don’t belong together.',
    hint: 'Check both, or have a link sent to you instead.',
  },
  email_not_confirmed: {
    message: 'This address isn’t confirmed yet.',
    hint: 'Open the link in the e-mail that you were sent, or have it sent again.',
  },
  user_already_exists: { message: 'There is an account with this address already.', hint: 'Sign in instead.' },
  email_exists: { message: 'There is an account with this address already.', hint: 'Sign in instead.' },
  weak_password: { message: 'This password is too easy to guess.', hint: 'Take a longer one.' },
  same_password: { message: 'This is the password that you have already.', hint: 'Take another one.' },
  signup_disabled: { message: 'New accounts can’t be made here.', hint: 'Ask whoever runs this installation.' },
  email_provider_disabled: { message: 'Signing in by e-mail is turned off here.', hint: null },
  otp_disabled: { message: 'There is no account with this address.', hint: 'Create one first.' },
  otp_expired: { message: 'This link has been used or is too old.', hint: 'Have a new one sent to you.' },
  over_email_send_rate_limit: { message: 'Too many e-mails were asked for.', hint: 'Wait a minute, then try again.' },
  over_request_rate_limit: { message: 'Too many attempts.', hint: 'Wait a few minutes, then try again.' },
  email_address_invalid: { message: 'This isn’t an e-mail address that can be used.', hint: null },
  email_address_not_authorized: { message: 'No e-mail can be sent to this address from here.', hint: null },
  user_banned: { message: 'This account is blocked.', hint: 'Ask whoever runs this installation.' },
  session_not_found: { message: 'Your session has ended.', hint: 'Sign in again.' },
  refresh_token_not_found: { message: 'Your session has ended.', hint: 'Sign in again.' },
  reauthentication_needed: { message: 'Sign in again before you change the password.', hint: null },
  unexpected_failure: { message: 'Something went wrong on the server.', hint: 'Try again in a moment.' },
};

/** Say in plain words why Auth refused. */
export function explainAuth(error: unknown): Explained {
  const given = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; name?: unknown };
  if (given.name === 'AuthRetryableFetchError') {
    return { message: 'Headwater doesn’t answer.', hint: 'Check your connection, then try again.' };
  }
  const known = typeof given.code === 'string' ? WORDS[given.code] : undefined;
  if (given.code === 'weak_password') {
    const said = explain(error).message;
    return { message: said || 'This password is too easy to guess.', hint: null };
  }
  return known ?? explain(error);
}
