import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { findOwedFactor, readClaims } from '@/shell/sign-in/secondProof';
import { makeSession, openDashboard, openNetwork, USER } from '../fixtures/stage';

const FACTOR = { id: 'f1', factor_type: 'totp', status: 'verified', created_at: '', updated_at: '' };

describe('a second proof', () => {
  it('is asked for after the password, where an app was set up', async () => {
    const session = { ...makeSession(), user: { ...USER, factors: [FACTOR] } };
    localStorage.setItem('headwater-session', JSON.stringify(session));
    const refusal = { code: 'mfa_verification_failed', message: 'Invalid TOTP code entered' };
    const network = openNetwork()
      .on('POST /auth/v1/factors/f1/challenge', { body: { id: 'c1', type: 'totp', expires_at: 0 } })
      .on('POST /auth/v1/factors/f1/verify', { status: 422, body: refusal });
    const { user } = openDashboard('/', { network });
    expect(await screen.findByRole('heading', { name: 'Your code' })).toBeInTheDocument();
    expect(screen.queryByText('Home page')).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('Digit 1'));
    await user.keyboard('123456');
    expect(await screen.findByRole('alert')).toBeInTheDocument();
    expect(network.to('POST /auth/v1/factors/f1/verify')[0]?.body).toMatchObject({ code: '123456' });
  });

  it('is owed by those alone who set an app up and have not given its code', () => {
    const session = makeSession() as unknown as Parameters<typeof findOwedFactor>[0];
    const withFactor = (status: string) =>
      ({ ...session, user: { ...session.user, factors: [{ ...FACTOR, status }] } }) as typeof session;
    const proven = `e.${btoa(JSON.stringify({ aal: 'aal2' }))}.s`;
    expect(findOwedFactor(session)).toBeNull();
    expect(findOwedFactor(withFactor('unverified'))).toBeNull();
    expect(findOwedFactor(withFactor('verified'))).toBe('f1');
    expect(findOwedFactor({ ...withFactor('verified'), access_token: proven })).toBeNull();
    expect(readClaims('nonsense')).toEqual({});
  });
});
