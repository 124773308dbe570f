// Compresses what was built, for servers that send it as it lies: `node compress.mjs <folder>`.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest']);
const LEAST_BYTES = 512;

async function compress(file) {
  const body = await readFile(file);
  if (body.length < LEAST_BYTES) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
  const [brotli, gzipped] = await Promise.all([
    promisify(brotliCompress)(body, { params }),
    promisify(gzip)(body, { level: 9 }),
  ]);
  if (brotli.length < body.length) await writeFile(`${file}.br`, brotli);
  if (gzipped.length < body.length) await writeFile(`${file}.gz`, gzipped);
}

const folder = process.argv[2];
const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && COMPRESSIBLE.has(extname(entry.name)))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => !relative(folder, file).startsWith('.'));
await Promise.all(files.map(compress));
