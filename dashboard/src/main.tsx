import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './shell/shell.css';
import { createRoot } from 'react-dom/client';
import { createAppRouter, loadLayout } from './router';
import { recall, remember } from './shared/platform/storage';
import { App } from './shell/App';
import { noteLinkFailure } from './shell/sign-in/links';

// Before Supabase's client reads the address, which only knows links that work.
noteLinkFailure();

// Most visits are of somebody who is signed in: the layout is fetched along with the rest.
if (recall('session')) void loadLayout();

// A page that was left open asks for files which a newer version has replaced: load that one, but never in a circle.
window.addEventListener('vite:preloadError', () => {
  const last = Number(recall('reloaded') ?? 0);
  if (Date.now() - last < 60_000) return;
  remember('reloaded', String(Date.now()));
  window.location.reload();
});

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(<App router={createAppRouter()} />);
