/**
 * Acts: what a story tells of a trace, as data. An entry of the trace is one act; acts of the same moment
 * that differ only in who acts, or in who sent the message, are told together.
 */
import type { StateValue } from 'xstate';
import { type Decision, type DropCause, isActing } from '../model/decision.ts';
import type { Address, Durability, Message } from '../model/effects.ts';
import type { Executed } from '../model/node.ts';
import type { TraceEntry } from '../model/trace.ts';
import { describeValue } from '../model/view.ts';
import { joinsActors, joinsSenders } from './joining.ts';
import type { Ledger } from './ledger.ts';
import { markInWords, messageInWords, recordInWords } from './words.ts';

/** What sets an act off. */
export type Opening =
  | {
      readonly kind: 'deliver';
      readonly message: string;
      readonly from: readonly Address[];
      readonly duplicate: boolean;
    }
  | {
      readonly kind: 'drop';
      readonly message: string;
      readonly from: readonly Address[];
      readonly to: readonly Address[];
      readonly cause: DropCause | undefined;
    }
  | { readonly kind: 'fire'; readonly delay: string; readonly ranMs: number | undefined }
  | { readonly kind: 'choose' | 'invoke'; readonly event: string }
  | { readonly kind: 'durable' | 'loseForce'; readonly record: string }
  | { readonly kind: 'failWrite'; readonly record: string; readonly stops: boolean }
  | { readonly kind: 'crash' | 'loseDisk' }
  | {
      readonly kind: 'restart';
      readonly found: readonly string[];
      readonly lost: number;
      /** How many of the lost ones the disk had said to be safe. */
      readonly forgotten: number;
    }
  | { readonly kind: 'cut' | 'mend'; readonly links: readonly (readonly [string, string])[] };

/** What a process does in an act, in order. */
export type Deed =
  | { readonly kind: 'send'; readonly message: string; readonly to: readonly Address[] }
  | { readonly kind: 'tell'; readonly message: string; readonly to: Address }
  | { readonly kind: 'write'; readonly record: string; readonly durability: Durability }
  | { readonly kind: 'replace'; readonly count: number }
  | { readonly kind: 'mark'; readonly marks: readonly string[] }
  | { readonly kind: 'start' | 'stop'; readonly process: Address }
  /** A step of another process of the node. */
  | { readonly kind: 'follow'; readonly process: Address; readonly change: Change };

export interface Change {
  readonly before: string | undefined;
  readonly after: string;
}

export interface Act {
  readonly actors: readonly Address[];
  readonly opening: Opening;
  readonly change: Change | undefined;
  readonly deeds: readonly Deed[];
  /** The node crashes in the midst of the act, after so many of its sends and writes. */
  readonly crashAfter: number | undefined;
}

/** The acts of the entries of one moment, told together where that loses nothing. */
export function actsOf(entries: readonly TraceEntry[], ledger: Ledger): readonly Act[] {
  const acts: Act[] = [];
  for (const entry of entries) {
    const act = actOf(entry, ledger);
    ledger.note(entry);
    if (!joinsSenders(acts, act) && !joinsActors(acts, act)) acts.push(act);
  }
  // Joined senders may have made acts of several processes alike.
  const joined: Act[] = [];
  for (const act of acts) if (!joinsActors(joined, act)) joined.push(act);
  return joined;
}

function actOf(entry: TraceEntry, ledger: Ledger): Act {
  const { decision, effects } = entry;
  const actor = actorOf(decision, effects);
  const own = effects.find(
    (effect): effect is Extract<Executed, { type: 'step' }> =>
      effect.type === 'step' && effect.process === actor,
  );
  return {
    actors: actor === undefined ? [] : [actor],
    opening: openingOf(entry, ledger),
    change: own && changeOf(own.before, own.after),
    deeds: deedsOf(effects.filter((effect) => effect !== own)),
    crashAfter: isActing(decision) ? decision.crashAfter : undefined,
  };
}

function actorOf(decision: Decision, effects: readonly Executed[]): Address | undefined {
  switch (decision.type) {
    case 'deliver':
      return decision.to;
    case 'fire':
    case 'choose':
    case 'invoke':
      return decision.process;
    case 'durable':
    case 'loseForce':
    case 'failWrite':
      return writerOf(effects) ?? decision.node;
    case 'crash':
    case 'restart':
    case 'loseDisk':
      return decision.node;
    default:
      return undefined;
  }
}

/** Whose write the disk has answered. */
function writerOf(effects: readonly Executed[]): Address | undefined {
  return effects.find((effect) => effect.type === 'durable' || effect.type === 'failed')?.process;
}

function openingOf({ decision, effects, atUs }: TraceEntry, ledger: Ledger): Opening {
  switch (decision.type) {
    case 'deliver':
      return {
        kind: 'deliver',
        message: messageInWords(decision.message),
        from: [decision.from],
        duplicate: decision.duplicate === true,
      };
    case 'drop': {
      const { from, to, message, cause } = decision;
      return { kind: 'drop', message: messageInWords(message), from: [from], to: [to], cause };
    }
    case 'fire': {
      const { delay, ranMs } = ledger.timer(decision.process, decision.timer, atUs);
      return { kind: 'fire', delay, ranMs };
    }
    case 'choose':
      return { kind: 'choose', event: messageInWords(decision.event) };
    case 'invoke':
      return { kind: 'invoke', event: messageInWords(decision.operation) };
    case 'durable':
    case 'loseForce':
      return { kind: decision.type, record: recordInWords(ledger.nextDurable(decision.node)) };
    case 'failWrite': {
      const record = recordInWords(ledger.nextDurable(decision.node));
      const stops = effects.some((effect) => effect.type === 'failed' && effect.stops === true);
      return { kind: 'failWrite', record, stops };
    }
    case 'restart': {
      const { node, tail } = decision;
      const found = ledger.found(node, tail).map(recordInWords);
      const lost = ledger.unforced(node) - tail;
      return { kind: 'restart', found, lost, forgotten: ledger.forgotten(node, tail) };
    }
    case 'crash':
    case 'loseDisk':
      return { kind: decision.type };
    case 'cut':
    case 'mend':
      return { kind: decision.type, links: decision.links ?? [] };
  }
}

function changeOf(before: StateValue | undefined, after: StateValue): Change {
  return {
    before: before === undefined ? undefined : describeValue(before),
    after: describeValue(after),
  };
}

function deedsOf(effects: readonly Executed[]): readonly Deed[] {
  const deeds: Deed[] = [];
  for (const effect of effects) {
    const deed = deedOf(effect);
    const last = deeds.at(-1);
    if (deed === undefined) continue;
    if (deed.kind === 'send' && last?.kind === 'send' && last.message === deed.message)
      deeds[deeds.length - 1] = { ...last, to: [...last.to, ...deed.to] };
    else if (deed.kind === 'mark' && last?.kind === 'mark')
      deeds[deeds.length - 1] = { ...last, marks: [...last.marks, ...deed.marks] };
    else deeds.push(deed);
  }
  return deeds;
}

function deedOf(effect: Executed): Deed | undefined {
  switch (effect.type) {
    case 'step':
      return {
        kind: 'follow',
        process: effect.process,
        change: changeOf(effect.before, effect.after),
      };
    case 'send': {
      const { to, message } = effect.envelope;
      return { kind: 'send', message: messageInWords(message), to: [to] };
    }
    case 'local':
      return { kind: 'tell', message: messageInWords(effect.message as Message), to: effect.to };
    case 'write':
      return {
        kind: 'write',
        record: recordInWords(effect.record),
        durability: effect.durability,
      };
    case 'replace':
      return { kind: 'replace', count: effect.records.length };
    case 'mark':
      // That an operation was invoked is the decision's own opening.
      return effect.name === 'invoked'
        ? undefined
        : { kind: 'mark', marks: [markInWords(effect.name, effect.data)] };
    case 'start':
    case 'stop':
      return { kind: effect.type, process: effect.process };
    default:
      return undefined;
  }
}
