/** What is asked of a new password; Auth may ask for more and then says so. */
export function checkNewPassword(value: string): string | null {
  if (value.length < 8) return 'Take eight characters at least';
  // bcrypt looks at no more.
  return new TextEncoder().encode(value).length > 72 ? 'Take 72 characters at most' : null;
}
