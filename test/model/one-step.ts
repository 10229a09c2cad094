/** Systems of machines that answer events with actions, for tests of single steps. */
import { createMachine, emit } from 'xstate';
import {
  type AnySystem,
  apply,
  type Decision,
  defineProcess,
  defineSystem,
  type Executed,
  initialState,
  instantiate,
  mark,
  type Node,
  type Process,
  type State,
  viewOf,
} from '../../src/model/index.ts';

export type Actions = readonly unknown[];

/** A machine with one state that answers each event type with actions. */
export function answering(id: string, on: Readonly<Record<string, Actions>>, context: object = {}) {
  return createMachine({
    id,
    context,
    on: Object.fromEntries(Object.entries(on).map(([type, actions]) => [type, { actions }])),
  } as never);
}

/** What an action is given, as far as these tests look. */
export type Given = { readonly context: object; readonly event: { readonly type: string } };

export const go = { type: 'GO' };
export const choices = [{ event: go }];

/** A process `a` that does the actions on GO, and a peer `b` that hears what it is sent. */
export function system(
  actions: Actions,
  more: Readonly<Record<string, Process | Node>> = {},
): AnySystem {
  return defineSystem({
    name: 'one-step',
    nodes: () => ({
      a: defineProcess({
        machine: answering('a', { GO: actions, SAVED: [emit(mark('saved'))] }),
        choices,
      }),
      b: defineProcess({ machine: answering('b', {}) }),
      ...more,
    }),
  });
}

/** One line an effect. */
export function lines(effects: readonly Executed[]): string[] {
  return effects.flatMap((effect): string[] => {
    switch (effect.type) {
      case 'step':
        return effect.event.type === 'xstate.init'
          ? []
          : [`${effect.process} gets ${effect.event.type}`];
      case 'send':
        return [`send ${effect.envelope.to} ${effect.envelope.message.type}`];
      case 'local':
        return [`local ${effect.to} ${effect.message.type}`];
      case 'write':
        return [`${effect.durability} ${String(effect.record)}`];
      case 'replace':
        return [`replace ${effect.records.join()}`];
      case 'mark':
        return [`mark ${effect.name}`];
      case 'arm':
        return [`arm ${effect.timer.delay}`];
      case 'cancel':
        return ['cancel'];
      case 'durable':
        return ['durable'];
      case 'failed':
        return [effect.stops === true ? 'failed, stops' : 'failed'];
      case 'start':
      case 'stop':
        return [`${effect.type} ${effect.process}`];
      default:
        return [];
    }
  });
}

export function runOf(defined: AnySystem, ...decisions: readonly Decision[]) {
  const instance = instantiate(defined);
  let { state } = initialState(instance);
  let effects: readonly Executed[] = [];
  for (const decision of decisions) {
    const step = apply(instance, state, decision);
    ({ state } = step);
    ({ effects } = step);
  }
  return { instance, state, lines: lines(effects), view: viewOf(instance, state) };
}

/** The types of the messages in flight. */
export const inFlight = (state: State): string[] =>
  state.flight.flat(2).map(({ message }) => message.type);
