/**
 * The view server answers what the tests of DSLabs lab 2 (ViewServerTest, emichael/dslabs, MIT licence) ask of every
 * implementation: the sequences of pings and checks, and the views after them, are theirs.
 */
import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { viewServer } from '../../../src/protocols/primary-backup/view-server.ts';
import { noView } from '../../../src/protocols/primary-backup/views.ts';

type Step =
  | { readonly ping: string; readonly view: number; readonly life?: number }
  | 'check'
  | { readonly is: readonly [primary: string | null, backup: string | null, number: number] };

const ping = (server: string, view: number, life = 1): Step => ({ ping: server, view, life });
const is = (primary: string | null, backup: string | null, number: number): Step => ({
  is: [primary, backup, number],
});
/** Two checks, the servers pinging before each: whoever does not is dead. */
const fully = (view: number, ...servers: readonly string[]): readonly Step[] => [
  ...servers.map((one) => ping(one, view)),
  'check',
  ...servers.map((one) => ping(one, view)),
  'check',
];
/** s1 and s2 are primary and backup of view 2, which is begun. */
const pair: readonly Step[] = [ping('s1', 0), ping('s1', 1), ping('s2', 0), ping('s1', 2)];

const cases: readonly (readonly [string, readonly Step[]])[] = [
  ['the view at the start is empty', [is(null, null, 0)]],
  ['who pings first is primary', [ping('s1', 0), is('s1', null, 1)]],
  ['who pings next is backup', [ping('s1', 0), ping('s1', 1), ping('s2', 0), is('s1', 's2', 2)]],
  [
    'the backup may ping first',
    [ping('s1', 0), ping('s2', 0), is('s1', null, 1), ping('s1', 1), is('s1', 's2', 2)],
  ],
  [
    'the backup takes over after the second check',
    [
      ...pair,
      ping('s2', 2),
      is('s1', 's2', 2),
      'check',
      ping('s2', 2),
      is('s1', 's2', 2),
      'check',
      is('s2', null, 3),
    ],
  ],
  [
    'the old primary becomes backup',
    [
      ...pair,
      ...fully(2, 's2'),
      is('s2', null, 3),
      ping('s2', 3),
      ping('s1', 2),
      is('s2', 's1', 4),
    ],
  ],
  ['an idle server becomes backup', [...pair, ...fully(2, 's2', 's3'), is('s2', 's3', 3)]],
  [
    'no view follows before the primary has acknowledged',
    [
      ping('s1', 0),
      ping('s2', 0),
      is('s1', null, 1),
      ping('s1', 1),
      is('s1', 's2', 2),
      ping('s2', 1),
      ...fully(2, 's2'),
      is('s1', 's2', 2),
    ],
  ],
  ['a dead backup is removed', [...pair, ...fully(2, 's1'), is('s1', null, 3)]],
  [
    'a server without the state is not made primary',
    [...pair, ...fully(2, 's2', 's3'), is('s2', 's3', 3), ...fully(3, 's3'), is('s2', 's3', 3)],
  ],
];

/** Lives are ours: MIT 6.824 tells a server that has restarted by its Ping(0). */
const own: readonly (readonly [string, readonly Step[]])[] = [
  [
    'a primary that comes back is dead',
    [...pair, ping('s2', 2), ping('s1', 0, 2), is('s2', 's1', 3)],
  ],
  [
    'a ping of a former life says nothing',
    [...pair, ping('s2', 2), ping('s1', 0, 2), ping('s2', 3), ping('s1', 2, 1), is('s2', 's1', 3)],
  ],
];

function play(steps: readonly Step[]): void {
  let check: () => void = () => undefined;
  const actor = createActor(viewServer, {
    input: { view: noView, acknowledged: true, servers: {}, patience: 2, views: 100 },
    clock: {
      setTimeout: (fire: () => void) => {
        check = fire;
        return 0;
      },
      clearTimeout: () => undefined,
    },
  });
  actor.start();
  for (const step of steps) {
    if (step === 'check') check();
    else if ('ping' in step) {
      const { ping: from, view, life = 1 } = step;
      actor.send({ type: 'PING', life, view, from });
    } else {
      const { primary, backup, number } = actor.getSnapshot().context.view;
      expect([primary?.server ?? null, backup?.server ?? null, number]).toEqual(step.is);
    }
  }
}

describe('the views of DSLabs lab 2', () => {
  test.each(cases)('%s', (_, steps) => play(steps));
});

describe('lives', () => {
  test.each(own)('%s', (_, steps) => play(steps));
});
