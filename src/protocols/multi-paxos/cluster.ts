/** What every system of Multi-Paxos servers shares: parameters, servers, properties. */
import { constant, uniform } from '../../model/distribution.ts';
import type { Address } from '../../model/effects.ts';
import { integer, type ParameterValues } from '../../model/parameters.ts';
import type { PlainData } from '../../model/plain-data.ts';
import { defineProcess, replicate } from '../../model/process.ts';
import { quorumSizes, refuseQuorums } from '../paxos/quorums.ts';
import {
  logAgreement,
  logIntegrity,
  logPrefix,
  logValidity,
} from '../replicated-log/properties.ts';
import {
  appliedIsChosen,
  oneChosen,
  oneCommandPerBallot,
  promisesKept,
  termination,
} from './properties.ts';
import { server } from './server.ts';
import type { ServerInput } from './server-state.ts';
import { recoveredServer } from './slots.ts';

export const quorumParameters = {
  phase1Quorum: integer(0, { min: 0, max: 25, description: 'promises needed; 0 is a majority' }),
  phase2Quorum: integer(0, { min: 0, max: 25, description: 'votes needed; 0 is a majority' }),
  mayMiss: {
    kind: 'parameter',
    default: false,
    description: 'quorums of the two phases may miss each other, to show what breaks',
  },
  firstLeader: {
    kind: 'parameter',
    default: false,
    description: 's1 suspects sooner than the others, so that it leads where nothing fails',
  },
  ballots: integer(1000, {
    min: 1,
    max: 1_000_000,
    description: 'the highest ballot; a server that needs a higher one stops standing',
  }),
} as const;

export const serverCount = integer(3, {
  min: 1,
  max: 25,
  description: 'servers, named s1, s2, ...',
});

/** s1, s2, ... */
export const serverNames = (servers: number): readonly Address[] =>
  Array.from({ length: servers }, (_, index) => `s${index + 1}`);

/** The servers of a cluster; with a state machine on each, if the machine is one that executes. */
export function multiPaxosServers(
  {
    servers,
    firstLeader,
    ballots,
    mayMiss,
    ...given
  }: ParameterValues<typeof quorumParameters> & { readonly servers: number },
  machine: typeof server = server,
  state: { readonly initial?: PlainData } = {},
) {
  const quorums = quorumSizes(servers, given);
  refuseQuorums(servers, quorums, mayMiss, 'servers');
  const names = serverNames(servers);
  return replicate('s', servers, (self, index) => {
    const input: ServerInput = { self, servers: names, ballots, ...quorums, ...state };
    return defineProcess({
      machine,
      input,
      delays: {
        suspicion: firstLeader && index === 1 ? constant(200) : uniform(250, 500),
        heartbeat: constant(50),
        resend: constant(100),
      },
      recover: (records) => ({ ...input, recovered: recoveredServer(records) }),
    });
  });
}

/** The properties of the protocol, whatever its state machine. */
export const multiPaxosProperties = [
  logAgreement,
  logPrefix,
  logValidity,
  logIntegrity,
  oneChosen,
  appliedIsChosen,
  oneCommandPerBallot,
  promisesKept,
  termination,
] as const;
