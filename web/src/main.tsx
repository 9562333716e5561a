import '@mantine/core/styles.css';
import './theme/tokens.css';
import './theme/base.css';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { refuseStrayDrops } from './shell/stray-drops.js';
import { guardHtml } from './trusted-types.js';

guardHtml();
refuseStrayDrops();
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// Style sheets of dialogs are put in by a library of their own.
setNonce(nonce);
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no root');
createRoot(root).render(
  <StrictMode>
    <App nonce={nonce} />
  </StrictMode>,
);
