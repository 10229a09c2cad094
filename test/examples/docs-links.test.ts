// Every link of the pages leads somewhere, every function that a page names stands in the file it names,
// and the pages keep to what belongs in them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...markdownIn('docs'),
  ...markdownIn('src'),
];

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join(folder, path))
    .sort();
}

interface Link {
  readonly text: string;
  readonly file: string;
  readonly anchor: string | undefined;
}

function linksOf(page: string, whole = readFileSync(join(root, page), 'utf8')): readonly Link[] {
  const text = whole.replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/\[([^\]]+)\]\(([^)\s]+)\)/g)]
    .map(([, words = '', target = '']) => ({ words, target }))
    .filter(({ target }) => !/^https?:/.test(target))
    .map(({ words, target }) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : relative(root, resolve(root, dirname(page), path));
      return { text: words, file, anchor };
    });
}

/** The anchors that hosting sites give to headings. */
function anchorsOf(page: string): readonly string[] {
  const headings = readFileSync(join(root, page), 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isDead({ file, anchor }: Link): boolean {
  if (!existsSync(join(root, file))) return true;
  return anchor !== undefined && !anchorsOf(file).includes(anchor);
}

/** Whether the link names, in code, something that its file does not declare. */
function misnames({ text, file }: Link): boolean {
  const [, name] = /^`(\w+)`$/.exec(text) ?? [];
  if (name === undefined || !file.endsWith('.ts') || !existsSync(join(root, file))) return false;
  const declared = new RegExp(`\\b(function\\*?|const|class|interface|type) ${name}\\b`);
  return !declared.test(readFileSync(join(root, file), 'utf8'));
}

describe.each(pages)('%s', (page) => {
  test('links to files and headings that there are', () => {
    expect(linksOf(page).filter(isDead)).toEqual([]);
  });

  test('names functions that stand in the files it links', () => {
    expect(linksOf(page).filter(misnames)).toEqual([]);
  });

  test('names no place on somebody’s machine', () => {
    expect(readFileSync(join(root, page), 'utf8')).not.toMatch(
      /\/(?:home|Users|tmp|root|work)\/|[A-Z]:\\\\/,
    );
  });
});

test('a link that leads nowhere, or names what is not there, is found', () => {
  const page = (text: string) => linksOf('docs/map.md', text);
  expect(page('[x](no-such-page.md) [y](semantics.md#no-such-heading)').every(isDead)).toBe(true);
  expect(page('[`aply`](../src/model/relation.ts)').every(misnames)).toBe(true);
  expect(page('[`apply`](../src/model/relation.ts)').some(misnames)).toBe(false);
});

test('the map names every file of the model, the simulator and the checker', () => {
  const map = readFileSync(join(root, 'docs/map.md'), 'utf8');
  const unnamed = ['model', 'simulator', 'checker'].flatMap((folder) =>
    readdirSync(join(root, 'src', folder))
      .filter((file) => statSync(join(root, 'src', folder, file)).isFile() && file !== 'index.ts')
      .map((file) => file.replace('.ts', ''))
      .filter((file) => !map.includes(`\`${file}\``)),
  );
  expect(unnamed).toEqual([]);
});
