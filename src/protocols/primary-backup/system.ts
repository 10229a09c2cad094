/** Primary-backup replication of a key-value store, as a system: view server, servers, clients, and what is asked of them. */
import { constant } from '../../model/distribution.ts';
import { integer } from '../../model/parameters.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { defineSystem, variant } from '../../model/system.ts';
import { storeOperations } from '../key-value-store/key-value.ts';
import { storeLinearizable } from '../key-value-store/properties.ts';
import {
  logAgreement,
  logIntegrity,
  logPrefix,
  logValidity,
} from '../replicated-log/properties.ts';
import { client } from './client.ts';
import { nextLife, type View } from './messages.ts';
import { observer } from './observer.ts';
import {
  acknowledgedKept,
  blocked,
  onePrimary,
  progress,
  settled,
  succession,
} from './properties.ts';
import { scenarios } from './scenarios.ts';
import { server } from './server.ts';
import { viewServer } from './view-server.ts';
import { noView, type Servers } from './views.ts';

const appointer = 'viewserver';

/** The view in which a system begins whose s1 and s2 are primary and backup already. */
const pairOfTwo: View = {
  number: 1,
  primary: { server: 's1', life: 1 },
  backup: { server: 's2', life: 1 },
};

/** The members of a view count as heard when the view server begins with it. */
function heard({ primary, backup }: View, patience: number): Servers {
  const members = [primary, backup].filter((member) => member !== null);
  return Object.fromEntries(
    members.map(({ server, life }) => [server, { life, checksLeft: patience }]),
  );
}

export const primaryBackup = defineSystem({
  name: 'primary-backup',
  description: 'A key-value store on a primary and a backup, which a view server appoints.',
  parameters: {
    servers: integer(3, { min: 1, max: 20, description: 'servers, named s1, s2, ...' }),
    clients: integer(2, { min: 1, max: 20, description: 'clients, named c1, c2, ...' }),
    operations: integer(4, {
      min: 0,
      max: 1000,
      description: 'operations of each client: appends, puts and gets in turn',
    }),
    keys: integer(1, { min: 1, max: 100, description: 'keys that the operations go through' }),
    patience: integer(2, {
      min: 1,
      max: 100,
      description: 'checks without a ping after which a server is dead',
    }),
    paired: {
      kind: 'parameter',
      default: false,
      description: 's1 and s2 begin as primary and backup of view 1, for checks of what follows',
    },
    views: integer(1_000_000, {
      min: 1,
      max: 1_000_000,
      description: 'the last view that the view server begins; checks need a small one',
    }),
    pingMs: integer(50, { min: 1, max: 600_000, description: 'time between pings of a server' }),
    checkMs: integer(100, {
      min: 1,
      max: 600_000,
      description: 'time between checks of who has pinged',
    }),
  },
  nodes: ({ servers, clients, operations, keys, paired, patience, views, pingMs, checkMs }) => {
    const view = paired && servers > 1 ? pairOfTwo : noView;
    return {
      [appointer]: defineProcess({
        machine: viewServer,
        input: { view, acknowledged: true, servers: heard(view, patience), patience, views },
        delays: { check: constant(checkMs) },
        // Whether its last view was acknowledged it hears again from the primary.
        recover: (records) => {
          const last = records.at(-1);
          return {
            view: last ?? view,
            acknowledged: last === undefined,
            servers: heard(last ?? view, patience),
            patience,
            views,
          };
        },
      }),
      ...replicate('s', servers, (self) =>
        defineProcess({
          machine: server,
          input: { self, viewServer: appointer, life: 1, view },
          delays: { ping: constant(pingMs), retransmit: constant(50) },
          recover: (records) => ({
            self,
            viewServer: appointer,
            life: nextLife(records),
            view: noView,
          }),
        }),
      ),
      ...replicate('c', clients, (self) =>
        defineProcess({
          machine: client,
          input: { self, viewServer: appointer, life: 1, view },
          delays: { patience: constant(100) },
          recover: (records) => ({
            self,
            viewServer: appointer,
            life: nextLife(records),
            view: noView,
          }),
          operations: storeOperations(self, operations, keys),
        }),
      ),
    };
  },
  network: { order: 'unordered', loss: true, duplication: true },
  timing: 'asynchronous',
  scope: { crashes: 1, restarts: 0 },
  observe: observer,
  properties: [
    onePrimary,
    succession,
    acknowledgedKept,
    logAgreement,
    logPrefix,
    logValidity,
    logIntegrity,
    storeLinearizable,
    progress,
  ],
  settled,
  blocked,
  primaries: ({ all }) =>
    all.filter((one) => one.in('running.role.primary')).map(({ node }) => node),
  scenarios,
});

/** Over a set of messages, which is smaller: whatever was sent arrives at any time, again, or never. */
export const primaryBackupOverSet = variant(primaryBackup, 'set', {
  description: 'Primary-backup over a set of messages that never leave it, for exhaustive checks.',
  network: { order: 'set' },
});
