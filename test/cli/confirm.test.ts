/**
 * Spin, another model checker by other people, stores the same states of every exported model and says the
 * same of its properties. COUNTERPOINT_DEEP=1 asks about more systems.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compared } from '../../src/cli/confirm.ts';
import { type CheckOptions, check, exportPromela, variant } from '../../src/index.ts';
import { builtInSystem, builtInSystems, twoPhaseCommit } from '../../src/protocols/index.ts';
import { bugs } from '../bugs/two-phase-commit-bugs.ts';
import { recipes, systemOf } from '../checker/random-systems.ts';
import { askBoth, spinHere } from './second-opinion.ts';
import { counterpoint } from './terminal.ts';

const version = await spinHere('test/cli/confirm');
const isDeep = process.env.COUNTERPOINT_DEEP === '1';
const oneCrash = { crashes: 1, loss: false, duplication: false };

const fifo = variant(twoPhaseCommit, 'fifo', {
  network: { order: 'fifo', loss: true, loses: 'any' },
});
const mailbox = variant(twoPhaseCommit, 'mailbox', { network: { order: 'mailbox', loss: true } });

type Row = readonly [typeof twoPhaseCommit, participants: number, CheckOptions];

const questions: readonly Row[] = [
  [twoPhaseCommit, 2, { timing: 'synchronous', scope: oneCrash }],
  [twoPhaseCommit, 2, { timing: 'asynchronous', scope: { ...oneCrash, restarts: 0 } }],
  [twoPhaseCommit, 2, { timing: 'asynchronous', scope: { crashes: 0, duplication: false } }],
  [twoPhaseCommit, 2, { timing: 'synchronous', scope: { ...oneCrash, crashes: 0, partitions: 1 } }],
  [twoPhaseCommit, 1, { timing: 'asynchronous', scope: { crashes: 1 } }],
  [twoPhaseCommit, 1, { scope: { crashes: 1, partitions: 1, diskLosses: 1 } }],
  [twoPhaseCommit, 1, { scope: { crashes: 1, lostForces: 1, failedWrites: 1 } }],
  [twoPhaseCommit, 1, { timing: 'synchronous', scope: { crashes: 1, partitions: 1, copies: 2 } }],
  [twoPhaseCommit, 2, { timing: 'synchronous', scope: { crashes: 1, loss: true } }],
  [fifo, 2, { timing: 'asynchronous', scope: { crashes: 0, duplication: false } }],
  [fifo, 2, { timing: 'asynchronous', scope: oneCrash }],
  [mailbox, 1, { timing: 'synchronous', scope: { crashes: 1, duplication: true } }],
];

describe.concurrent('Spin agrees on', () => {
  for (const [system, participants, options] of questions)
    test(`${system.name}, ${participants} participants, ${JSON.stringify(options)}`, async () => {
      if (version === undefined) return;
      const asked = await askBoth(system, { ...options, parameters: { participants } }, version);
      expect(asked?.spin).toMatchObject({ agreed: true, distinct: asked?.own.distinct });
      expect(asked?.spin.properties.map(({ name }) => name)).toContain('AC1 agreement');
    });

  const calibration = builtInSystems().filter(
    ({ name }) => name.startsWith('calibration/') && !isTimed(builtInSystem(name)),
  );
  for (const { name } of calibration)
    test(`${name}`, async () => {
      if (version === undefined) return;
      const asked = await askBoth(builtInSystem(name), {}, version);
      expect(asked?.spin).toMatchObject({ agreed: true, distinct: asked?.own.distinct });
    });

  for (const { name, variation, breaks, parameters, scope } of isDeep ? bugs : bugs.slice(0, 4))
    test(`two-phase commit with the bug ${name}, which it finds too`, async () => {
      if (version === undefined) return;
      const broken = variant(twoPhaseCommit, name, variation);
      const asked = await askBoth(broken, { parameters, scope }, version, 3_000_000);
      expect(asked?.spin).toMatchObject({ agreed: true, distinct: asked?.own.distinct });
      const found = asked?.spin.properties.filter(({ verdict }) => verdict === 'violated') ?? [];
      // A bug that only blocks, or that only shows in a step, is not for assertions in states.
      if (found.length === 0)
        expect(asked?.spin.leftOut.map((one) => one.name)).toContain(breaks[0]);
      else expect(breaks).toContain(found[0]?.name);
    });

  test('random systems on every network', { timeout: 600_000 }, async () => {
    if (version === undefined) return;
    const orders = new Set<string>();
    let isBounded = false;
    let asked = 0;
    for (const recipe of fc.sample(recipes, { seed: 1, numRuns: 2000 })) {
      const system = systemOf(recipe);
      const { scope, order, bound } = recipe;
      const small = check(system, {
        scope,
        reduce: false,
        stopAtViolation: false,
        maxStates: 2000,
      });
      if (!small.complete || small.distinct < 30) continue;
      // In a handful, each network comes before one comes again.
      if (!isDeep && orders.has(order)) continue;
      const both = await askBoth(system, { scope }, version);
      expect(both?.spin, JSON.stringify(recipe)).toMatchObject({ agreed: true });
      orders.add(order);
      isBounded ||= bound !== 'none';
      asked++;
      if (isDeep ? asked >= 300 : orders.size === 5) break;
    }
    expect(orders.size).toBe(5);
    expect(isBounded).toBe(true);
  });
});

/** Whether the system is asked about under timed timing, which the model does not have. */
function isTimed(system: unknown): boolean {
  return (system as { readonly timing?: string }).timing === 'timed';
}

describe('a second opinion that differs', () => {
  const system = builtInSystem('calibration/increment');
  const own = check(system, { stopAtViolation: false });
  const model = exportPromela(system);
  if (model === undefined) throw new Error('there is no model');
  const [property] = model.properties;
  const seen = { kind: 'done', transitions: 0, seconds: 0 } as const;
  const violated = new Set([property?.assertion ?? '']);

  test('is told: another number of states', () => {
    const answer = { ...seen, stored: own.distinct + model.extraStates + 1, violated };
    const { agreed, reason } = compared(own, model, '6', answer);
    expect(agreed).toBe(false);
    expect(reason).toBe('it stores 14 states where this check counts 13');
  });

  test('is told: another verdict', () => {
    const answer = {
      ...seen,
      stored: own.distinct + model.extraStates,
      violated: new Set<string>(),
    };
    const { agreed, reason } = compared(own, model, '6', answer);
    expect(agreed).toBe(false);
    expect(reason).toBe('no increment is lost is holds there and violated here');
  });

  test('is none when it ran out of something', () => {
    const answer = { kind: 'unknown', reason: 'its memory was spent' } as const;
    expect(compared(own, model, '6', answer)).toMatchObject({ agreed: null });
  });
});

describe('check --confirm spin', () => {
  test('says that Spin agrees, in words and as JSON', async () => {
    if (version === undefined) return;
    const { code, out } = await counterpoint([
      'check',
      'calibration/increment',
      '--confirm',
      'spin',
    ]);
    // How long it took is this machine's matter.
    expect(out.replace(/\(in [\d.]+ s\)/, '(in 0 s)')).toContain(
      `Spin ${version} agrees: 13 states (in 0 s), and the same verdict on no increment is lost.`,
    );
    expect(code).toBe(1);
    const json = await counterpoint([
      'check',
      'calibration/tcommit',
      '--confirm',
      'spin',
      '--json',
    ]);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({
      distinct: 34,
      confirmation: { tool: 'spin', agreed: true, distinct: 34 },
    });
  });

  test('is unknown when the check saw only some of the states', async () => {
    if (version === undefined) return;
    const words = ['check', 'calibration/two-phase', '--confirm', 'spin', '--max-states', '100'];
    const { code, out } = await counterpoint(words);
    expect(out).toContain('No second opinion from Spin');
    expect(code).toBe(3);
  });

  test('names what is missing, in one sentence', async () => {
    const { PATH } = process.env;
    try {
      process.env.PATH = '/nowhere';
      const { code, err } = await counterpoint([
        'check',
        'calibration/tcommit',
        '--confirm',
        'spin',
      ]);
      expect(err).toMatch(/^--confirm spin needs spin and gcc, which cannot be run here; .*\n$/);
      expect(code).toBe(2);
    } finally {
      process.env.PATH = PATH;
    }
  });

  test('is refused for other tools and for timed timing', async () => {
    const { err, code } = await counterpoint(['check', 'calibration/tcommit', '--confirm', 'tlc']);
    expect([err, code]).toEqual(['--confirm is "tlc"; it must be spin\n', 2]);
    const timed = ['check', 'two-phase-commit', '--timing', 'timed', '--confirm', 'spin'];
    expect((await counterpoint(timed)).err).toContain('the model for Spin has no clocks');
  });
});
