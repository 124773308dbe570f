import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds the gateway: `headwater demo --port 8000`, or HEADWATER_URL.
const gateway = process.env.HEADWATER_URL ?? 'http://127.0.0.1:8000';
const served = ['/api', '/auth/v1', '/rest/v1', '/realtime/v1', '/storage/v1', '/health'];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: Object.fromEntries(served.map((path) => [path, { target: gateway, ws: true }])) },
  build: { target: 'es2023', manifest: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  test: {
    environment: 'jsdom',
    globals: true,
    testTimeout: 30_000,
    env: { LC_ALL: 'en_US.UTF-8', TZ: 'UTC' },
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
    setupFiles: ['./tests/setup.ts'],
    unstubGlobals: true,
    server: { deps: { inline: ['@tabler/icons-react'] } },
  },
});
