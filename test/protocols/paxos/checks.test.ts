/** What is proved of Paxos in which scope, and what breaks beyond it with how long a story. */
import { describe, expect, test } from 'vitest';
import {
  type AnySystem,
  type CheckOptions,
  check,
  leadsTo,
  type RunFile,
  variant,
} from '../../../src/index.ts';
import { paxos, paxosOverSet, progressQuestion } from '../../../src/protocols/index.ts';

/** Over a set of messages each may be lost, repeated and reordered at will; two ballots, shared nodes. */
const overSet = paxosOverSet as AnySystem;
const invariants = paxos.properties.map(({ name }) => name);

// More in test/bugs/paxos.test.ts (the questions that bugs are found in) and test/deep/paxos.test.ts.
describe('it is safe and waits for nobody as long as quorums last', () => {
  const proofs: readonly (readonly [string, AnySystem, CheckOptions])[] = [
    [
      '1 proposer, 3 acceptors, some are cut off and perhaps mended',
      overSet,
      { parameters: { acceptors: 3, proposers: 1 }, scope: { crashes: 0, partitions: 1 } },
    ],
    [
      'flexible quorums: 3 acceptors, 3 promise, 1 votes',
      overSet,
      { parameters: { acceptors: 3, phase1Quorum: 3, phase2Quorum: 1 }, scope: { crashes: 0 } },
    ],
    [
      'a lossy network, 2 acceptors',
      paxos as AnySystem,
      {
        parameters: { proposers: 1, acceptors: 2, learners: 0, ballots: 1 },
        scope: { crashes: 0, loss: true, duplication: false },
      },
    ],
  ];
  test.each(proofs)('%s', (_, system, options) => {
    const { verdict, complete, properties, distinct } = check(system, options);
    expect([verdict, complete]).toEqual(['holds', true]);
    expect(properties.map(({ name }) => name)).toEqual(invariants);
    expect(properties.filter(({ exercised }) => !exercised)).toEqual([]);
    expect(distinct).toBeLessThan(300_000);
  });
});

describe('liveness under a fair schedule', () => {
  test.each([3, 5])('a proposer left alone has a value chosen: %i acceptors', (acceptors) => {
    const asked = check(progressQuestion as AnySystem, {
      parameters: { acceptors },
      scope: { crashes: 0 },
    });
    expect([asked.verdict, asked.complete]).toEqual(['holds', true]);
    expect(asked.properties.at(-1)).toMatchObject({ kind: 'leadsTo', exercised: true });
  });

  /** Whatever bound is put on ballots, two proposers may use them all up before a value is chosen. */
  const beforeTheLast = variant(paxosOverSet, 'before-the-last', {
    properties: [
      leadsTo(
        'chosen before the last ballot',
        ({ observed }) => observed.proposed.length > 0,
        ({ observed, parameters }) =>
          observed.votes.some(
            ({ ballot, acceptors }) => ballot < parameters.ballots && acceptors.length >= 2,
          ),
      ),
    ],
  });

  test('two proposers may pre-empt each other until no ballot is left; one does not', () => {
    const ask = (proposers: number) =>
      check(beforeTheLast as AnySystem, { parameters: { proposers }, scope: { crashes: 0 } })
        .verdict;
    expect([ask(1), ask(2)]).toEqual(['holds', 'violated']);
  });
});

/** Enough for each story. */
const maxStates = 100_000;

describe('two values are chosen', () => {
  const lostDisk = { crashes: 1, diskLosses: 1 };
  const violations: readonly (readonly [string, CheckOptions, number])[] = [
    [
      'when a promise is lost with its disk',
      { parameters: { acceptors: 2, phase1Quorum: 1, phase2Quorum: 2 }, scope: lostDisk },
      13,
    ],
    [
      'when a disk lies about a forced write',
      {
        parameters: { acceptors: 2, phase1Quorum: 1, phase2Quorum: 2, ballots: 3 },
        scope: { crashes: 1, lostForces: 1 },
      },
      11,
    ],
    [
      'when quorums may miss each other',
      {
        parameters: { acceptors: 2, phase1Quorum: 1, phase2Quorum: 1, mayMiss: true },
        scope: { crashes: 0 },
      },
      6,
    ],
  ];
  test.each(violations)('%s', (_, options, steps) => {
    const { properties } = check(overSet, { ...options, stopAtViolation: false, maxStates });
    const violated = properties.find(({ name }) => name === 'one value chosen');
    expect(violated?.verdict).toBe('violated');
    const { counterexample } = violated as { readonly counterexample: RunFile };
    expect(counterexample.decisions.length).toBe(steps);
  });
});
