// docs/histories.md: its command, its model and its program run and say what the page says.
import { afterAll, expect, test } from 'vitest';
import { blocksOf, commandsOf, readersFolder, started } from './pages.ts';

const page = 'docs/histories.md';
const folder = readersFolder();
afterAll(() => folder.remove());

test('the recorded history of etcd is not linearizable', async () => {
  const [command = ''] = commandsOf(page);
  const { code, printed } = await started(command.split(' '));
  expect(code).toBe(1);
  expect(printed).toContain('violated');
});

test('the model of a stack finds the pop that is out of order', async () => {
  const [model = ''] = blocksOf(page, 'stack.ts');
  const [history = ''] = blocksOf(page, 'stack.edn');
  const stack = folder.file('stack.ts', model);
  const ask = async (name: string, text: string) =>
    started(['history', folder.file(name, text), '--model', stack]);
  expect((await ask('stack.edn', history)).code).toBe(1);
  expect((await ask('right.edn', history.replace(':pop, :value 1', ':pop, :value 2'))).code).toBe(
    0,
  );
});

test('the program runs', async () => {
  const [program = ''] = blocksOf(page, 'check.ts');
  const { code, printed } = await started([], folder.file('check.ts', program));
  expect({ code, printed }).toEqual({ code: 0, printed: 'holds\n2\n' });
});
