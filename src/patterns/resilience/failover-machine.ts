/**
 * Failover: calls go to one of several targets, by order, in turn, or where the last one went; one that fails is
 * tried at the next. A target whose results are bad, or worse than those of the others, is ejected for a while
 * (outlier ejection, as Envoy calls it), one whose probes are bad until they are good again. When too few are
 * left, panic: all serve, or none.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import {
  type Effect,
  type Finished,
  mark,
  type Received,
  send,
  start,
  stop,
} from '../../model/effects.ts';
import type { Cancel, Failed, Reply, ServiceMessage } from '../services/messages.ts';
import type { FullFailoverOptions } from './failover.ts';
import { placed, replaced, without } from './held-calls.ts';
import { includesError } from './legal.ts';
import {
  below,
  callIn,
  changed,
  epochAfter,
  type FailoverContext,
  type FailoverEvent,
  firstTarget,
  isSick,
  named,
  nextTarget,
  type Placement,
  sentTo,
  targetIn,
  withResult,
} from './placements.ts';
import { type Asked, answerOf, callOf, cancelOf, failedOf, type Place } from './policy.ts';
import type { Probed } from './prober.ts';
import { freshTarget, isPanic, mayEject, type Target } from './targets.ts';

type Answer = Received<Reply> | Received<Failed>;

/** Inside its own setup a machine's rules are not known to the compiler by their names. */
const byName = (ask: unknown) => ask as (name: string) => boolean;

/** Its name and that of each of its rules and acts stand in its table. */
export function failoverMachine(options: FullFailoverOptions, place: Place) {
  const { targets: names, on, eject, maxShare, panicBelow, probes, forgive } = options;
  const families = {
    ejection: place.family('ejection'),
    forgiveness: place.family('forgiveness'),
    prober: place.family('prober'),
  };
  return setup({
    types: {
      context: {} as FailoverContext,
      events: {} as FailoverEvent,
      emitted: {} as Effect<ServiceMessage>,
    },
    guards: {
      isUnderWay: (args) => callIn(args) !== undefined,
      /** An answer that nobody waits for is nothing. */
      isUnknown: (args) => callIn(args) === undefined,
      isOther: ({ event }) => !names.includes((event as Asked).service),
      hasTarget: ({ context }) => firstTarget(options, context) !== undefined,
      isPanic: ({ context }) => isPanic(context.targets, panicBelow),
      /** The failure says nothing of the target, and no other would do better. */
      isUnhandled: (args) => {
        const { isOther, isOver } = callIn(args) as Placement;
        return (
          isOther === true || isOver === true || !includesError(on, (args.event as Failed).error)
        );
      },
      hasNext: (args) => nextTarget(options, args) !== undefined,
      /** A result counts while the target is in, and of the stay in which the call was sent. */
      isCounted: (args) => {
        const call = callIn(args);
        const target = named(args.context, call?.tried.at(-1));
        return target !== undefined && !target.isEjected && target.epoch === call?.epoch;
      },
      /** The last results of the target are bad, or worse than those of the others. */
      isEjectable: (args) => isSick(options, args),
      mayEject: ({ context }) => mayEject(context.targets, maxShare),
      isForgiveness: ({ event }) => (event as Finished).family === families.forgiveness,
      /** So many probes in a row say the opposite of what was known. */
      turnsDown: ({ context, event }) => {
        const { target, isGood } = event as Probed;
        const { isDown, row } = named(context, target) as Target;
        return !isDown && !isGood && row + 1 >= (probes?.bad ?? 1);
      },
      turnsUp: ({ context, event }) => {
        const { target, isGood } = event as Probed;
        const { isDown, row } = named(context, target) as Target;
        return isDown && isGood && row + 1 >= (probes?.good ?? 1);
      },
      isAnswered: ({ event }) => (event as Cancel).answered === true,
    },
    actions: {
      startProbers: enqueueActions(({ enqueue }) => {
        if (probes === null) return;
        for (const target of names) enqueue.emit(start(families.prober, target, { target }));
      }),
      passThrough: enqueueActions(({ context, event, enqueue }) => {
        const call = placed(event, context.calls);
        enqueue.assign({
          calls: [...context.calls, { ...call, tried: [], epoch: 0, isOther: true }],
        });
        enqueue.emit(place.below(callOf(call)));
      }),
      begin: enqueueActions(({ context, event, enqueue, check }) => {
        const target = firstTarget(options, context) as string;
        const fresh: Placement = { ...placed(event, context.calls), tried: [], epoch: 0 };
        const call = sentTo(context, fresh, target, event.now);
        if (byName(check)('isPanic'))
          enqueue.emit(mark('panicked', { policy: place.name, key: call.key }));
        enqueue.assign({ calls: [...context.calls, call], last: target });
        enqueue.emit(place.below(callOf(below(call))));
      }),
      reject: emit(({ event }) => {
        const call = placed(event, []);
        return send(call.from, failedOf(call, 'all-ejected'));
      }),
      failOver: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event }) as Placement;
        const target = nextTarget(options, { context, event }) as string;
        const moved = sentTo(context, call, target, event.now);
        enqueue.assign({ calls: replaced(context.calls, call, moved), last: target });
        enqueue.emit(mark('failed-over', { key: call.key, to: target }));
        enqueue.emit(place.below(callOf(below(moved))));
      }),
      /** What the answer says of its target. */
      count: enqueueActions(({ enqueue, check }) => {
        const holds = byName(check);
        if (!holds('isCounted')) return;
        const action = holds('isEjectable') && holds('mayEject') ? 'eject' : 'record';
        byName(enqueue)(action);
      }),
      record: assign({ targets: (args) => withResult(options, args) }),
      eject: enqueueActions(({ context, event, enqueue }) => {
        const name = callIn({ context, event })?.tried.at(-1) ?? '';
        const times = typeof eject === 'function' ? (named(context, name)?.times ?? 0) + 1 : 0;
        const epoch = epochAfter(context, name);
        enqueue.assign({
          targets: changed(context, name, {
            isEjected: true,
            times,
            epoch,
            window: [],
            recent: [],
          }),
        });
        enqueue.emit(mark('ejected', { policy: place.name, target: name }));
        if (forgive !== null) enqueue.emit(stop(families.forgiveness, name));
        enqueue.emit(start(families.ejection, name, { of: times }));
      }),
      readmit: enqueueActions(({ context, event, enqueue }) => {
        const name = targetIn({ context, event });
        const epoch = epochAfter(context, name);
        enqueue.assign({ targets: changed(context, name, { isEjected: false, epoch }) });
        enqueue.emit(mark('readmitted', { policy: place.name, target: name }));
        if (forgive !== null && (named(context, name)?.times ?? 0) > 0)
          enqueue.emit(start(families.forgiveness, name, {}));
      }),
      /** It has been in for a while: the next ejection is shorter. */
      forgive: enqueueActions(({ context, event, enqueue }) => {
        const name = targetIn({ context, event });
        const times = (named(context, name)?.times ?? 1) - 1;
        enqueue.assign({ targets: changed(context, name, { times }) });
        if (times > 0) enqueue.emit(start(families.forgiveness, name, {}));
      }),
      countProbe: assign({
        targets: ({ context, event }) => {
          const { target, isGood } = event as Probed;
          const { isDown, row } = named(context, target) as Target;
          const most = Math.max(probes?.bad ?? 1, probes?.good ?? 1);
          return changed(context, target, { row: isDown === isGood ? Math.min(row + 1, most) : 0 });
        },
      }),
      takeDown: enqueueActions(({ context, event, enqueue }) => {
        const { target } = event as Probed;
        enqueue.assign({ targets: changed(context, target, { isDown: true, row: 0 }) });
        enqueue.emit(mark('taken-down', { policy: place.name, target }));
      }),
      bringUp: enqueueActions(({ context, event, enqueue }) => {
        const { target } = event as Probed;
        enqueue.assign({ targets: changed(context, target, { isDown: false, row: 0 }) });
        enqueue.emit(mark('brought-up', { policy: place.name, target }));
      }),
      passOn: enqueueActions(({ context, event, enqueue }) => {
        const call = callIn({ context, event }) as Placement;
        enqueue.assign({ calls: without(context.calls, call) });
        enqueue.emit(send(call.from, answerOf(call, event as Answer)));
      }),
      tellBelow: emit(({ context, event }) => {
        const call = callIn({ context, event }) as Placement;
        return place.below(cancelOf(below(call), (event as Cancel).answered === true));
      }),
      noteOver: assign({
        calls: ({ context, event }) => {
          const call = callIn({ context, event }) as Placement;
          return replaced(context.calls, call, { ...call, isOver: true });
        },
      }),
      forget: assign({
        calls: ({ context, event }) => without(context.calls, callIn({ context, event })),
      }),
    },
  }).createMachine({
    id: 'failover',
    context: { targets: names.map(freshTarget), calls: [], last: null },
    initial: 'open',
    entry: 'startProbers',
    states: {
      open: {
        on: {
          call: [
            { guard: 'isUnderWay' },
            { guard: 'isOther', actions: 'passThrough' },
            { guard: 'hasTarget', actions: 'begin' },
            { actions: 'reject' },
          ],
          reply: [{ guard: 'isUnknown' }, { actions: ['count', 'passOn'] }],
          failed: [
            { guard: 'isUnknown' },
            { guard: 'isUnhandled', actions: 'passOn' },
            { guard: 'hasNext', actions: ['count', 'failOver'] },
            { actions: ['count', 'passOn'] },
          ],
          cancel: [
            { guard: 'isUnknown' },
            { guard: 'isAnswered', actions: ['tellBelow', 'noteOver'] },
            { actions: ['tellBelow', 'forget'] },
          ],
          FINISHED: [{ guard: 'isForgiveness', actions: 'forgive' }, { actions: 'readmit' }],
          PROBED: [
            { guard: 'turnsDown', actions: 'takeDown' },
            { guard: 'turnsUp', actions: 'bringUp' },
            { actions: 'countProbe' },
          ],
        },
      },
    },
  });
}
