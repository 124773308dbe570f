import { Alert, Anchor, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle, IconMailCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { looksLikeEmail } from '@/shared/emails';
import type { SignInSearch } from './routes';
import { explainAuth } from './words';

/** Why it did not work. */
export function AuthFailure({ error }: { error: unknown }) {
  if (!error) return null;
  const { message, hint } = explainAuth(error);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} role="alert">
      {message} {hint}
    </Alert>
  );
}

/** Something to know before one begins. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <Alert color="blue" variant="light" icon={<IconInfoCircle />} role="status">
      {children}
    </Alert>
  );
}

/** An e-mail is on its way. */
export function MailSent({ email, children }: { email: string; children: ReactNode }) {
  return (
    <Alert color="water" variant="light" icon={<IconMailCheck />} role="status" title="Look into your mailbox">
      <Text size="sm">
        If <b>{email}</b> is right, an e-mail with a link is on its way. {children}
      </Text>
    </Alert>
  );
}

/** A link to another page before the session, which goes on to the same place. */
export function SignInLink({ to, search, children }: { to: string; search: SignInSearch; children: ReactNode }) {
  return (
    // The router isn't told of all routes at once, so it can't check this one's search parameters.
    <Anchor component={Link} to={to} search={{ ...search, expired: undefined } as never} inherit underline="always">
      {children}
    </Anchor>
  );
}

/** Whether a text could be an e-mail address; Auth has the last word. */
export function checkEmail(value: string): string | null {
  return looksLikeEmail(value) ? null : 'Enter your e-mail address, such as you@example.com';
}
