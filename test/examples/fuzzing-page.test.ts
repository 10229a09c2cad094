// docs/fuzzing.md: its property stands in the example as quoted, and its schedule is a fault file.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { blocksOf, commandsOf, readersFolder, root, started } from './pages.ts';

const page = 'docs/fuzzing.md';
const folder = readersFolder();
afterAll(() => folder.remove());

test('the property of the page is the one of the example', () => {
  const [, quoted = ''] =
    /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, page), 'utf8')) ?? [];
  expect(quoted).not.toBe('');
  expect(readFileSync(join(root, 'docs/examples/3-property.test.ts'), 'utf8')).toContain(quoted);
});

test('a printed schedule is a fault file', async () => {
  const [faults = ''] = blocksOf(page, 'faults.json');
  const [command = ''] = commandsOf(page);
  const file = folder.file('faults.json', faults);
  const { code, printed } = await started(command.replace('faults.json', file).split(' '));
  expect(code).toBe(0);
  expect(printed).toMatch(/coordinator .*crashes/);
});
