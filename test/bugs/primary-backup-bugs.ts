/**
 * Mistakes in primary-backup replication, each a small change of one rule. Questions are asked over a set of messages
 * (primary-backup/set): two servers, of which whoever has not pinged since the last check is taken for dead.
 */
import { assign, emit } from 'xstate';
import { type PlannedOperation, type Property, send } from '../../src/index.ts';
import {
  acknowledgedKept,
  nextView,
  onePrimary,
  type ServerContext,
  type ViewServerContext,
} from '../../src/protocols/index.ts';
import { storeLinearizable } from '../../src/protocols/key-value-store/properties.ts';
import { type Config, type PlantedBug, withState } from './planted-bug.ts';

export interface ReplicationBug extends PlantedBug {
  /** The only property that is asked for, since others would tell of the mistake before its consequence. */
  readonly asked: Property;
  /** Whether it takes seconds to find, or to ask the real protocol the same. */
  readonly isSlow?: boolean;
  /** What clients ask for, where it is not their first operations. */
  readonly operations?: readonly PlannedOperation[];
}

interface Step {
  readonly context: ServerContext;
}

/** An action in place of another; the machine that it is planted in knows the types. */
const assigning = (change: (step: { context: ViewServerContext }) => object): never =>
  assign(change as never) as never;

const kept = { asked: acknowledgedKept as Property, breaks: [acknowledgedKept.name] };
const oneStore = { asked: storeLinearizable as Property, breaks: [storeLinearizable.name] };

const two = { servers: 2, clients: 1, operations: 1, patience: 1 };
/** s1 and s2 are primary and backup, and one of them is given up. */
const given = { ...two, paired: true, views: 2 };
/** From the start: s1 alone, then with a backup, which then takes over. */
const risen = { ...two, views: 3 };
const noFaults = { crashes: 0 };

const append: PlannedOperation = {
  process: 'c1',
  operation: { type: 'APPEND', key: 'k1', value: 'x' },
};
const getBy = (process: string): PlannedOperation => ({
  process,
  operation: { type: 'GET', key: 'k1' },
});

/** The config of the server with one state of its role changed. */
const inRole =
  (path: string, change: Parameters<typeof withState>[2]) =>
  (config: Config): Config =>
    withState(config, path === '' ? 'running.role' : `running.role.${path}`, change);

/** What a server that is not the primary does with a request, when it answers with what it has. */
const answersItself = [
  { guard: 'isAnswered', actions: 'answerAgain' },
  { guard: 'isForgotten' },
  { actions: ['await', 'answerFirst', 'executeFirst'] },
];

const transferOfStoreAlone = {
  provide: {
    server: {
      actions: {
        transfer: emit(({ context: { view, replica } }: Step) =>
          send(view.backup?.server ?? [], {
            type: 'TRANSFER',
            view: view.number,
            replica: { ...replica, executed: {} },
          }),
        ) as never,
      },
    },
  },
};

export const bugs: readonly ReplicationBug[] = [
  {
    name: 'answers-before-backup',
    mutation: 'The primary answers as soon as it has forwarded a request.',
    source: 'MIT 6.824 lab 2: the primary must wait for the backup',
    variation: {
      patch: {
        server: inRole('primary.serving.forwarding', (state) => ({
          ...state,
          always: {
            target: 'free',
            actions: ['markFirst', 'markAnswer', 'answerFirst', 'executeFirst'],
          },
        })),
      },
    },
    ...kept,
    parameters: given,
    scope: noFaults,
  },
  {
    name: 'reads-alone',
    isSlow: true,
    mutation: 'The primary answers reads without asking its backup.',
    source: 'MIT 6.824 lab 2: reads are forwarded too, since a deposed primary does not know it',
    variation: {
      provide: {
        server: {
          guards: {
            mayExecuteAlone: ({ context: { view, waiting } }: Step) =>
              view.backup === null || waiting[0]?.operation.f === 'get',
          },
        },
      },
    },
    ...oneStore,
    parameters: { ...given, clients: 2, operations: 3 },
    scope: noFaults,
    operations: [append, getBy('c2')],
  },
  {
    name: 'backup-answers-clients',
    isSlow: true,
    mutation: 'A server that is not the primary answers clients with what it has.',
    source: 'MIT 6.824 lab 2: who is not the primary refuses',
    variation: {
      patch: {
        server: inRole('', (state) => ({ ...state, on: { ...state.on, REQUEST: answersItself } })),
      },
    },
    ...oneStore,
    parameters: { ...given, clients: 2, operations: 3 },
    scope: noFaults,
    operations: [append, getBy('c2')],
  },
  {
    name: 'forwarded-of-any-view',
    isSlow: true,
    mutation: 'A server acknowledges what is forwarded to it in a view that is over.',
    source: 'MIT 6.824 lab 2: the new primary must refuse what the old one forwards',
    variation: {
      patch: {
        server: inRole('', (state) => ({
          ...state,
          on: { ...state.on, FORWARD: { actions: ['executeForwarded', 'acknowledgeForwarded'] } },
        })),
      },
    },
    ...oneStore,
    parameters: { ...given, clients: 2, operations: 3 },
    scope: noFaults,
    operations: [append, getBy('c2')],
  },
  {
    name: 'view-before-acknowledgement',
    mutation: 'The view server goes on before the primary has begun the view.',
    source: 'MIT 6.824 lab 2: the acknowledgement rule',
    variation: { provide: { 'view-server': { guards: { isAcknowledged: () => true } } } },
    ...kept,
    parameters: risen,
    scope: noFaults,
  },
  {
    name: 'begins-before-transfer',
    mutation: 'The primary begins a view before its backup has the state.',
    source: 'DSLabs lab 2: a primary pings with the view only when it has started',
    variation: { provide: { server: { guards: { hasBackup: () => false } } } },
    ...kept,
    parameters: risen,
    scope: noFaults,
  },
  {
    name: 'idle-server-promoted',
    mutation: 'When the primary is dead and has no backup, an idle server becomes primary.',
    source: 'DSLabs lab 2: a server without the state is not made primary',
    variation: {
      provide: {
        'view-server': {
          guards: {
            isAnotherViewDue: ({ context }: { context: ViewServerContext }) =>
              anyView(context) !== undefined,
          },
          actions: {
            beginNextView: assigning(({ context }) => ({
              view: anyView(context) ?? context.view,
              acknowledged: false,
            })),
          },
        },
      },
    },
    ...kept,
    parameters: { ...two, views: 2 },
    scope: noFaults,
  },
  {
    name: 'transfer-without-table',
    isSlow: true,
    mutation: 'The backup gets the store without the table of what was answered.',
    source: 'DSLabs lab 2: the state that is transferred is that of the at-most-once application',
    variation: transferOfStoreAlone,
    ...oneStore,
    parameters: { ...risen, operations: 3 },
    scope: noFaults,
    operations: [append, getBy('c1')],
  },
  {
    name: 'answers-left-behind',
    mutation: 'The same, as it shows when the backup takes over.',
    source: 'DSLabs lab 2: the state that is transferred is that of the at-most-once application',
    variation: transferOfStoreAlone,
    ...kept,
    parameters: risen,
    scope: noFaults,
  },
  {
    name: 'state-installed-again',
    isSlow: true,
    mutation: 'A backup installs whatever state comes, also when it has executed more since.',
    source: 'own: a state transfer that arrives twice',
    variation: {
      patch: {
        server: inRole('backup.ready', (state) => ({
          ...state,
          on: {
            ...state.on,
            TRANSFER: { guard: 'isOfMyView', actions: ['install', 'acknowledgeTransfer'] },
          },
        })),
      },
    },
    ...kept,
    parameters: risen,
    scope: noFaults,
  },
  {
    name: 'executes-again',
    isSlow: true,
    mutation: 'A request that comes again is executed again.',
    source: 'DSLabs lab 1: at most once',
    variation: {
      provide: {
        server: {
          guards: { isAnswered: () => false, isForgotten: () => false, isExecuted: () => false },
        },
      },
    },
    ...oneStore,
    parameters: { ...given, operations: 3 },
    scope: noFaults,
    operations: [append, getBy('c1')],
  },
  {
    name: 'former-life',
    mutation: 'A server that has come back takes a view that names its former life for its own.',
    source: 'own: MIT 6.824 lab 2 tells a restarted server by its ping, not by the view',
    variation: {
      provide: {
        server: {
          guards: {
            makesMePrimary: ({
              context: { self },
              event,
            }: Step & { event: { view: { primary: { server: string } | null } } }) =>
              event.view.primary?.server === self,
          },
        },
      },
    },
    asked: onePrimary as Property,
    breaks: [onePrimary.name],
    parameters: { ...given, operations: 0 },
    scope: { crashes: 1, restarts: 1 },
  },
];

/** The next view, or any idle server as primary when nobody else is left. */
function anyView({ view, servers }: ViewServerContext): ViewServerContext['view'] | undefined {
  const next = nextView(view, servers);
  const alive = Object.entries(servers).filter(([, { checksLeft }]) => checksLeft > 0);
  const isDead = alive.every(([server]) => server !== view.primary?.server);
  const [idle] = alive;
  if (next !== undefined || view.backup !== null || !isDead || idle === undefined) return next;
  const [server, { life }] = idle;
  return { number: view.number + 1, primary: { server, life }, backup: null };
}

/** Found by runs alone: over a set of messages nothing is ever lost for good. */
export const lostForward = {
  name: 'forwards-once',
  mutation: 'The primary forwards a request once, and waits.',
  variation: {
    patch: {
      server: inRole('primary.serving.forwarding', ({ after: _, ...state }) => state),
    },
  },
};
