import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const source = fileURLToPath(new URL('./src', import.meta.url));

// Where `npm run dev` finds the gateway: `headwater demo --port 8000`, or HEADWATER_URL.
const gateway = process.env.HEADWATER_URL ?? 'http://127.0.0.1:8000';
const served = ['/api', '/auth/v1', '/rest/v1', '/realtime/v1', '/storage/v1', '/health'];

// Many small files compress worse than a few: what every page needs is one, what most pages need another.
const base = {
  name: 'base',
  test: /node_modules\/(react|react-dom|scheduler|@tanstack|@supabase|use-sync-external-store)\//,
  priority: 2,
};
const parts = { name: 'parts', test: /node_modules|src\/(shared|api)\//, minShareCount: 12, priority: 1 };

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      '@': source,
      '@supabase/storage-js': `${source}/shared/platform/unused.ts`,
      '@supabase/functions-js': `${source}/shared/platform/unused.ts`,
    },
  },
  server: { proxy: Object.fromEntries(served.map((path) => [path, { target: gateway, ws: true }])) },
  build: {
    target: 'es2023',
    // Browsers that know light-dark(): for older ones it is rewritten into variables that Mantine's theme doesn't set.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { output: { codeSplitting: { groups: [base, parts] } } },
  },
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
