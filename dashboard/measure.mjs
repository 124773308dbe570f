// Says how much script the first page loads, and fails when it is more than the budget: what the index loads with gzip,
// and what a whole visit loads with Brotli. Run after `vite build`.
import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const BUDGET_KB = 250;
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** What each first visit loads: the entry, and what it goes on to at once. */
const VISITS = {
  'the index alone': ['index.html'],
  'signed out': ['index.html', 'src/shell/sign-in/SignInPage.tsx'],
  'signed in': ['index.html', 'src/shell/SignedIn.tsx', 'src/features/home/HomePage.tsx'],
};

function listFiles(names, files = new Set()) {
  for (const name of names) {
    const chunk = manifest[name];
    if (!chunk) throw new Error(`the build has no ${name}`);
    if (files.has(chunk.file)) continue;
    files.add(chunk.file);
    listFiles(chunk.imports ?? [], files);
  }
  return [...files];
}

const read = (file) => readFileSync(new URL(file, dist));
const weigh = (files, compress) => files.reduce((sum, file) => sum + compress(read(file)).length, 0) / 1024;

for (const [visit, names] of Object.entries(VISITS)) {
  const files = listFiles(names);
  const [brotli, gzip] = [weigh(files, brotliCompressSync), weigh(files, (text) => gzipSync(text, { level: 9 }))];
  const said = `${brotli.toFixed(0)} KB with Brotli, ${gzip.toFixed(0)} KB with gzip, in ${files.length} files`;
  process.stdout.write(`first visit, ${visit}: ${said} (budget ${BUDGET_KB} KB)\n`);
  const counted = names.length === 1 ? gzip : brotli;
  if (counted > BUDGET_KB) process.exitCode = 1;
}
