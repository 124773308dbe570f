import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './shell/shell.css';
import { createRoot } from 'react-dom/client';
import { createAppRouter, loadLayout } from './router';
import { recall } from './shared/storage';
import { App } from './shell/App';
import { noteLinkFailure } from './shell/sign-in/links';

// Before Supabase's client reads the address, which only knows links that work.
noteLinkFailure();

// Most visits are of somebody who is signed in: the layout is fetched along with the rest.
if (recall('session')) void loadLayout();

const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');
createRoot(root).render(<App router={createAppRouter()} />);
