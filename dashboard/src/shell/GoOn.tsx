import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { Splash } from './Splash';

/** Goes on to a path of the dashboard, in place of this page. */
export function GoOn({ to }: { to: string }) {
  const navigate = useNavigate();
  useEffect(() => void navigate({ href: to, replace: true }), [navigate, to]);
  return <Splash />;
}
