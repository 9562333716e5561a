import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { licences } from './licences.js';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** One folder of static files, as the policy of the local server wants them: nothing inline, no source maps. */
export default defineConfig({
  root: folder('.'),
  plugins: [react(), licences()],
  build: {
    outDir: folder('../dist/web'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
});
