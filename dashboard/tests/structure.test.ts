import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as listed from '@/features';

const SOURCE = resolve(import.meta.dirname, '../src');
const MAX_SIBLINGS = 15;
const IMPORTED = /(?:from|import)\s*\(?\s*'([^']+)'/g;
// What begins a path in the address bar, as opposed to one of the API.
const PATH = /(['"`])(\/[a-z][^'"`\s]*)\1/g;

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('api/'));
const read = (file: string): string => readFileSync(join(SOURCE, file), 'utf8');

/** The part of the dashboard that a file belongs to: `shared`, `shell`, `features/watch`, `top`. */
function partOf(file: string): string {
  const [first = '', second] = file.split('/');
  if (first === 'features' && second) return `features/${second}`;
  return ['api', 'shared', 'shell'].includes(first) ? first : 'top';
}

/** What a part may import beside itself. */
function mayImport(part: string): string[] {
  if (part === 'shared') return ['api'];
  if (part === 'shell' || part.startsWith('features/')) return ['api', 'shared'];
  return ['api', 'shared', 'shell', ...Object.keys(listed).map((name) => `features/${name}`)];
}

/** Where an import of our own leads, relative to the sources; nothing for a package. */
function resolveImport(file: string, imported: string): string | null {
  if (imported.startsWith('@/')) return imported.slice(2);
  return imported.startsWith('.') ? relative(SOURCE, resolve(SOURCE, dirname(file), imported)) : null;
}

describe('the folders', () => {
  it('import in one direction: a feature no other feature, shared no feature, neither the shell', () => {
    const wrong = files.flatMap((file) =>
      [...read(file).matchAll(IMPORTED)].flatMap(([, imported = '']) => {
        const target = resolveImport(file, imported);
        if (target === null) return [];
        const [from, to] = [partOf(file), partOf(target)];
        return from === to || mayImport(from).includes(to) ? [] : [`${file} imports ${target}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('leave badges to shared/badges, so that a state looks the same everywhere', () => {
    const drawing = files.filter((file) => /import \{[^}]*\bBadge\b[^}]*\} from '@mantine\/core'/.test(read(file)));
    expect(drawing).toEqual(['shared/badges/Tag.tsx']);
  });

  it('have few siblings', () => {
    const counts = new Map<string, Set<string>>();
    for (const file of readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })) {
      const folder = dirname(file);
      if (!folder.startsWith('api')) counts.set(folder, (counts.get(folder) ?? new Set()).add(file));
    }
    const crowded = [...counts].filter(([, siblings]) => siblings.size > MAX_SIBLINGS);
    expect(crowded.map(([folder, siblings]) => `${folder}: ${siblings.size}`)).toEqual([]);
  });
});

describe('the features', () => {
  it('are all listed, each once, by the name of its folder', () => {
    const folders = readdirSync(join(SOURCE, 'features'), { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(Object.values(listed).map(({ name }) => name)).toEqual(folders.map(({ name }) => name).sort());
    expect(Object.entries(listed).every(([name, feature]) => feature.name === name)).toBe(true);
  });

  it('own their addresses: no other file holds a path', () => {
    const owners = /^(features\/\w+\/links|shell\/sign-in\/paths|shared\/feature\/addresses)\.ts$/;
    const wrong = files
      .filter((file) => !owners.test(file))
      .flatMap((file) =>
        [...read(file).matchAll(PATH)].flatMap(([, , path = '']) =>
          /^\/(api|auth|rest|realtime)\//.test(path) ? [] : [`${file}: ${path}`],
        ),
      );
    expect(wrong).toEqual([]);
  });

  it.each(Object.values(listed).map((feature) => [feature.name, feature] as const))(
    'of %s, each route is one of its addresses, and the other way round',
    async (name, { routes }) => {
      const { links } = (await import(`../src/features/${name}/links.ts`)) as {
        links: Record<string, { path: string }>;
      };
      const declared = Object.values(links).map(({ path }) => path);
      expect(routes.map((route) => (route.options as { path: string }).path).sort()).toEqual(declared.sort());
    },
  );
});
