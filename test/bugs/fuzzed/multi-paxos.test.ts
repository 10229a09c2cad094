/** Planted bugs of Multi-Paxos, found by the fuzzer. */
import { type AnySystem, replay, variant } from 'counterpoint';
import { fuzz } from 'counterpoint/fuzzing';
import { multiPaxos, multiPaxosOverSet } from 'counterpoint/protocols';
import { expect, test } from 'vitest';
import { describeFoundByFuzzer } from '../found-by-fuzzer.ts';
import { bugs, catchUpLeftOut, halfQuorums } from '../multi-paxos-bugs.ts';

const system = multiPaxos as AnySystem;
const checked = multiPaxosOverSet as AnySystem;
const two = { clients: 2, commands: 2, ballots: 1000 };

describeFoundByFuzzer('multi-paxos', [
  {
    system,
    checked,
    // One vote of a server that has forgotten another takes 70 runs: it is left to the checker.
    bugs: bugs.filter(({ name }) => name !== 'server-amnesia'),
    slow: ['no-ops-over-votes', 'votes-below-promise'],
    options: { runs: 30, parameters: { servers: 3, ...two } },
    longer: 3,
    real: { servers: 3, ...two },
  },
  {
    system,
    checked,
    bugs: [halfQuorums],
    options: { runs: 30, parameters: { servers: 2, ...two } },
    longer: 3,
    real: { servers: 2, ...two },
  },
]);

test(catchUpLeftOut.mutation, () => {
  const { name, variation, parameters, breaks } = catchUpLeftOut;
  const broken = variant(system, name, variation) as AnySystem;
  const [found] = fuzz(broken, { runs: 10, parameters }).violations;
  expect(breaks).toContain(found?.property);
  expect(replay(broken, (found as NonNullable<typeof found>).runFile).same).toBe(true);
});
