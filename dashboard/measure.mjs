// Says what the first page loads and fails when its script is heavier than the budget. Run after `vite build`.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 250;
const dist = new URL('./dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const first = new Set();
function collect(name) {
  const chunk = manifest[name];
  if (first.has(chunk.file)) return;
  first.add(chunk.file);
  for (const imported of chunk.imports ?? []) collect(imported);
}
collect('index.html');

const weigh = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024;
const total = [...first].reduce((sum, file) => sum + weigh(file), 0);
const line = `first load: ${total.toFixed(1)} KB of gzipped script in ${first.size} files (budget ${BUDGET_KB} KB)\n`;
process.stdout.write(line);
if (total > BUDGET_KB) process.exitCode = 1;
