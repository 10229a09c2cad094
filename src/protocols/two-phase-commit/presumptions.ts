/**
 * Presumed abort and presumed commit (Mohan, Lindsay and Obermarck 1986, R*; Lampson and Lomet 1993): what is
 * answered where nothing is recorded, and which records and acknowledgements can go because of it.
 */
import { and, assign, emit } from 'xstate';
import { send, write } from '../../model/effects.ts';
import type { MachineConfigData } from '../../model/system.ts';
import { variant } from '../../model/system.ts';
import {
  agreement,
  commitValidity,
  durabilityOf,
  finality,
  nonTriviality,
} from '../atomic-commitment/properties.ts';
import type { CoordinatorContext, CoordinatorInput } from './coordinator.ts';
import type { CoordinatorRecord } from './messages.ts';
import { termination } from './properties.ts';
import { scenarios, twoPhaseCommit } from './system.ts';

const nothing = assign({});
const safety = [agreement, finality, commitValidity, nonTriviality] as const;

/** The coordinator with other states in place of its own. */
const withStates =
  (states: MachineConfigData['states']) =>
  (config: MachineConfigData): MachineConfigData => ({
    ...config,
    states: { ...config.states, ...states },
  });

/**
 * The coordinator that ends at once when all have only read. Nobody waits for the decision, so that none is
 * recorded: presumed abort has no record then, presumed commit its `initiation` and an unforced `end`.
 */
function withoutSecondPhaseForReaders(
  config: MachineConfigData,
  records: readonly string[],
): MachineConfigData {
  const collecting = config.states?.collecting ?? {};
  const ends = {
    guard: and(['allVotesIn', 'allOnlyRead']),
    target: 'forgotten',
    actions: [...records, 'markCommit', 'returnCommit'],
  };
  const always = [ends, ...[collecting.always ?? []].flat()];
  return withStates({ collecting: { ...collecting, always } } as MachineConfigData['states'])(
    config,
  );
}

/** A decision is told once and forgotten: whoever misses it asks, and is told the presumption. */
const forgotten = { target: 'forgotten' } as const;

/** Abort leaves no trace: the coordinator records nothing, and nobody forces or acknowledges it. */
export const presumedAbort = variant(twoPhaseCommit, 'presumed-abort', {
  description: 'Presumed abort: an abort is neither recorded by the coordinator nor acknowledged.',
  patch: {
    coordinator: (config) =>
      withoutSecondPhaseForReaders(
        withStates({ aborting: { entry: 'sendAbort', always: forgotten } })(config),
        [],
      ),
  },
  provide: {
    coordinator: { actions: { forceAbort: nothing } },
    participant: {
      actions: {
        forceAbort: emit(write({ record: 'abort' }, 'unforced')),
        acknowledgeAbort: nothing,
      },
    },
  },
  properties: [...safety, durabilityOf('abort'), termination],
});

/**
 * Commit is what is presumed, so a participant neither forces nor acknowledges it. Hence the coordinator must
 * remember every transaction that may abort: it forces who takes part before it asks for votes. An abort
 * forces no second record (the texts differ): `initiation` without `commit` means it.
 */
export const presumedCommit = variant(twoPhaseCommit, 'presumed-commit', {
  description: 'Presumed commit: a commit is not acknowledged; who takes part is forced first.',
  patch: {
    coordinator: (config) =>
      withoutSecondPhaseForReaders(
        withStates({
          idle: {
            on: { BEGIN: { target: 'collecting', actions: ['forceInitiation', 'requestVotes'] } },
          },
          committing: { entry: 'sendCommit', always: forgotten },
        })(config),
        ['writeEnd'],
      ),
  },
  provide: {
    coordinator: {
      actions: {
        forceInitiation: emit(({ context }: { readonly context: CoordinatorContext }) =>
          write({ record: 'initiation', notify: context.participants }, 'forced'),
        ),
        forceAbort: nothing,
        tellPresumed: emit(({ event }: { readonly event: { readonly from: string } }) =>
          send(event.from, { type: 'COMMIT' }),
        ),
      },
    },
    participant: {
      actions: {
        forceCommit: emit(write({ record: 'commit' }, 'unforced')),
        acknowledgeCommit: nothing,
      },
    },
  },
  recover: {
    coordinator: (found, original) => {
      const records = found as readonly CoordinatorRecord[];
      const input = original(found) as CoordinatorInput;
      if (records.some(({ record }) => record === 'commit'))
        return { ...input, recovered: { decision: 'ended', notify: [] } };
      const begun = records.find(({ record }) => record === 'initiation');
      if (begun === undefined || records.some(({ record }) => record === 'end')) return input;
      return { ...input, recovered: { decision: 'abort', notify: input.participants } };
    },
  },
  properties: [...safety, durabilityOf('commit'), termination],
  scenarios: {
    ...scenarios,
    // Its votes are in 5 ms later, by the force of `initiation`.
    'false-suspicion': {
      ...scenarios['false-suspicion'],
      faults: [{ fault: 'pause', node: 'coordinator', atMs: 31, forMs: 600 }],
    },
  },
});
