import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { builtInSystems } from '../../src/patterns/index.ts';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { presets } from '../../src/simulator/index.ts';
import { run } from '../../src/simulator/run.ts';
import { hdrHistograms } from '../../src/statistics/index.ts';
import { counterpoint, folderWith, modules, words } from './terminal.ts';

const folder = folderWith({
  'broken.ts': modules.broken,
  'good.ts': modules.good,
  'faults.json': '[{"fault":"crash","node":"p1","atMs":20,"forMs":300}]',
  'versioned.json': '{"version":1,"faults":[{"fault":"crash","node":"p1","atMs":20,"forMs":300}]}',
});
afterAll(() => folder.remove());

async function json(line: string): Promise<Record<string, unknown>> {
  const { out, err } = await counterpoint(words(line));
  expect(err).toBe('');
  return JSON.parse(out) as Record<string, unknown>;
}

describe('run --json', () => {
  test('is one document with the fields of the contract, and reason and faults', async () => {
    const document = await json('run two-phase-commit --seed 7 --json');
    expect(Object.keys(document).sort()).toEqual(
      [
        'system',
        'scenario',
        'parameters',
        'seed',
        'verdict',
        'outcome',
        'properties',
        'metrics',
        'digest',
        'virtualMs',
        'reason',
        'faults',
      ].sort(),
    );
    expect(document).toMatchObject({
      system: 'two-phase-commit',
      scenario: 'fault-free',
      parameters: { participants: 3, votes: 'yes', cooperative: false, readers: 0 },
      seed: 7,
      verdict: 'holds',
      outcome: 'recovered',
      reason: null,
      faults: [],
      digest: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(document.properties).toContainEqual({
      name: 'AC1 agreement',
      kind: 'invariant',
      verdict: 'holds',
      exercised: true,
    });
  });

  test('says what the library says of the same run', async () => {
    const {
      digest,
      stateDigest: _,
      ...rest
    } = run(twoPhaseCommit, {
      seed: 7,
      scenario: 'lost-messages',
      parameters: { participants: 2 },
      histograms: hdrHistograms(),
    });
    const document = await json(
      'run two-phase-commit --seed 7 --scenario lost-messages --set participants=2 --json',
    );
    expect(document.digest).toBe(digest);
    expect(document.metrics).toEqual(JSON.parse(JSON.stringify(rest.metrics)));
    expect(document.virtualMs).toBe(rest.virtualMs);
  });

  test('another seed is another run', async () => {
    const one = await json('run two-phase-commit --seed 7 --faults chaos --json');
    const other = await json('run two-phase-commit --seed 8 --faults chaos --json');
    expect(one.digest).not.toBe(other.digest);
  });

  test.each(Object.keys(presets))('the preset %s is a fault list of the run', async (preset) => {
    const document = await json(`run two-phase-commit --seed 3 --faults ${preset} --json`);
    expect(Array.isArray(document.faults)).toBe(true);
    if (preset !== 'none' && preset !== 'chaos') expect(document.faults).not.toEqual([]);
  });
});

test('a swarm prints the weather that it draws, and repeats it', async () => {
  const command = 'run two-phase-commit --seed 5 --scenario partition --faults swarm';
  const { out } = await counterpoint(words(command));
  const document = await json(`${command} --json`);
  const weather = document.weather as { readonly horizonMs: number };
  expect(weather).toMatchObject({ latency: { kind: expect.any(String) }, links: [] });
  expect(out).toContain('- latency: ');
  expect(out).toContain('- forced writes: ');
  expect(out).toContain(`- horizon: ${weather.horizonMs} ms`);
  expect(out).toContain('- everything is healed at');
  expect((await counterpoint(words(command))).out).toBe(out);
  const calm = await json('run two-phase-commit --seed 5 --faults chaos --json');
  expect(calm).not.toHaveProperty('weather');
});

describe('run', () => {
  test('prints first the command that repeats it, and the repetition is the same', async () => {
    const line =
      "run two-phase-commit --seed 'a seed' --set participants=2 votes=any --crash p1@after:1:PREPARE --for 300";
    const first = await counterpoint(words(line));
    const command = first.out.split('\n')[0] ?? '';
    expect(command).toBe(
      "counterpoint run two-phase-commit --seed 'a seed' --scenario fault-free --set participants=2 --set votes=any --crash p1@after:1:PREPARE --for 300",
    );
    const again = await counterpoint(words(command.replace(/^counterpoint /, '')));
    expect(again.out).toBe(first.out);
  });

  test('says verdict, outcome with its reason, properties and metrics in words', async () => {
    const { out, code } = await counterpoint(
      words('run two-phase-commit --seed 1 --scenario coordinator-crash'),
    );
    expect(code).toBe(0);
    expect(out).toContain('holds: no property was violated in this run');
    expect(out).toContain('blocked: p1, p2, p3 are in doubt and the coordinator is down');
    expect(out).toContain('coordinator crashes right before its first COMMIT and stays down');
    expect(out).toMatch(/AC1 agreement +in every state +holds/);
    expect(out).toMatch(/time inDoubt +\d+ ms, 3 of 3 without an end/);
  });

  test('a violated property is exit 1', async () => {
    const { code, out } = await counterpoint(['run', folder.file('broken.ts'), '--seed', '1']);
    expect(code).toBe(1);
    expect(out).toContain('violated in this run, which ends there: nobody commits');
    expect(out).not.toContain('stuck');
    expect(out).toMatch(/nobody commits +in every state +violated/);
  });

  test('a crash point restarts the node after --for', async () => {
    const crash = 'run two-phase-commit --seed 1 --crash coordinator@before:1:COMMIT --json';
    const forEver = await json(crash);
    const back = await json(`${crash} --for 500`);
    expect(forEver).toMatchObject({ outcome: 'blocked', metrics: { crashes: 1, restarts: 0 } });
    expect(back).toMatchObject({ outcome: 'recovered', metrics: { crashes: 1, restarts: 1 } });
  });

  test('faults of a file come beside those of the scenario', async () => {
    const document = await json(
      `run two-phase-commit --seed 1 --scenario coordinator-crash --faults ${folder.file('faults.json')} --json`,
    );
    expect(document.faults).toEqual([
      {
        fault: 'crash',
        node: 'coordinator',
        point: { moment: 'before', nth: 1, message: 'COMMIT' },
      },
      { fault: 'crash', node: 'p1', atMs: 20, forMs: 300 },
    ]);
  });

  test('a fault file may carry a version, and may come from standard input', async () => {
    const versioned = await json(
      `run two-phase-commit --seed 1 --faults ${folder.file('versioned.json')} --json`,
    );
    const { out } = await counterpoint(words('run two-phase-commit --seed 1 --faults - --json'), {
      input: '[{"fault":"crash","node":"p1","atMs":20,"forMs":300}]',
    });
    expect(JSON.parse(out)).toEqual(versioned);
  });

  test('--story tells the run', async () => {
    const { out } = await counterpoint(words('run two-phase-commit --seed 1 --story'));
    expect(out).toContain('coordinator is asked for BEGIN');
  });

  test('--crash NODE asks what happens if it dies at each of its points', async () => {
    const { out, code } = await counterpoint(
      words('run two-phase-commit --seed 1 --crash coordinator'),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/what if\s+it dies right here\?/);
    expect(out).toMatch(/coordinator@before:1:COMMIT +blocked.* +recovered/);
    const { crashes } = await json('run two-phase-commit --seed 1 --crash all --json');
    const nodes = (crashes as readonly { readonly node: string }[]).map(({ node }) => node);
    expect(new Set(nodes)).toEqual(new Set(['coordinator', 'p1', 'p2', 'p3']));
  });
});

describe('--export', () => {
  const line = 'run two-phase-commit --seed 1 --scenario coordinator-crash';
  test('prints the run for ShiViz or Mermaid, and nothing else', async () => {
    const log = await counterpoint(words(`${line} --export shiviz`));
    expect(log.code).toBe(0);
    expect(log.out).toMatch(/^coordinator is in idle\.\ncoordinator \{"coordinator":1\}\n/);
    const { out } = await counterpoint(words(`${line} --export mermaid`));
    expect(out).toMatch(/^sequenceDiagram\n {2}participant n1 as coordinator\n/);
  });

  test('into a file goes with what is printed otherwise, and replay exports the same', async () => {
    const [file, again, trace] = ['run.mmd', 'again.mmd', 'run.jsonl'].map(folder.file) as string[];
    const first = await counterpoint(
      words(`${line} --export mermaid ${file} --trace ${trace} --json`),
    );
    expect(JSON.parse(first.out)).toMatchObject({ outcome: 'blocked' });
    const second = await counterpoint(words(`replay ${trace} --export mermaid ${again}`));
    expect(second.out).toContain('Written for mermaid');
    expect(readFileSync(again ?? '', 'utf8')).toBe(readFileSync(file ?? '', 'utf8'));
  });

  test.each([
    ['--export graphviz', '--export is "graphviz"; it must be shiviz or mermaid'],
    ['--export shiviz --json', '--json and --export shiviz both write to standard output'],
    ['--export shiviz a b', 'takes one file and was given a and b'],
    ['--crash all --export shiviz', 'with which --export does not go'],
  ])('%s is refused in one sentence', async (options, sentence) => {
    const { code, out, err } = await counterpoint(words(`${line} ${options}`));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
  });
});

describe('list', () => {
  test('--json names every system with parameters, scenarios and properties, and the presets', async () => {
    const document = await json('list --json');
    expect(Object.keys(document)).toEqual(['systems', 'presets']);
    const systems = document.systems as readonly Record<string, unknown>[];
    expect(systems.map(({ name }) => name)).toEqual(builtInSystems().map(({ name }) => name));
    for (const system of systems)
      expect(Object.keys(system)).toEqual([
        'name',
        'kind',
        'description',
        'variantOf',
        'timing',
        'scope',
        'parameters',
        'scenarios',
        'properties',
      ]);
    expect(systems[0]?.parameters).toContainEqual({
      name: 'participants',
      default: 3,
      min: 1,
      max: 50,
      description: expect.any(String),
    });
    const presetNames = (document.presets as readonly { readonly name: string }[]).map(
      ({ name }) => name,
    );
    expect(presetNames).toEqual(Object.keys(presets));
  });

  test("shows a variant's own default of a parameter", async () => {
    const { out } = await counterpoint(['list', folder.file('good.ts'), '--json']);
    const { systems } = JSON.parse(out) as { systems: { parameters: { default: unknown }[] }[] };
    expect(systems[0]?.parameters[0]?.default).toBe(2);
  });

  test('is exit 0 and says it all in text too', async () => {
    const { code, out } = await counterpoint(['list']);
    expect(code).toBe(0);
    for (const word of ['participants=3', '1 to 50', 'coordinator-crash', 'AC1 agreement', 'chaos'])
      expect(out).toContain(word);
  });
});

describe('help', () => {
  test.each([[['--help']], [['run', '--help']], [['help', 'check']], [['--version']]])(
    '%j goes to standard output and exits 0',
    async (argv) => {
      const { code, out, err } = await counterpoint(argv);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).not.toBe('');
    },
  );
});
