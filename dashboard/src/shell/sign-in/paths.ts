/** The pages before a session. */
export const PATHS = {
  signIn: '/sign-in',
  signUp: '/sign-up',
  forgotPassword: '/forgot-password',
  newPassword: '/new-password',
} as const;
