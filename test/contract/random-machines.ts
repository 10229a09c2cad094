/**
 * Random machines as fast-check data: small trees of states with every feature of XState that a process
 * may use. The data is turned into a config by {@link machineOf}, so that fast-check can shrink it.
 */
import fc from 'fast-check';
import {
  type AnyStateMachine,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  not,
  raise,
  stateIn,
} from 'xstate';
import { mark } from '../../src/model/effects.ts';

type Kind = 'atomic' | 'compound' | 'parallel' | 'final' | 'shallow' | 'deep';

interface TransitionSpec {
  readonly target: number | undefined;
  readonly guard: number;
  readonly reenter: boolean;
  readonly actions: readonly number[];
}

interface NodeSpec {
  readonly kind: Kind;
  readonly children: readonly NodeSpec[];
  readonly entry: readonly number[];
  readonly exit: readonly number[];
  readonly on: Readonly<Record<string, readonly TransitionSpec[]>>;
  readonly after: readonly (readonly [string, TransitionSpec])[];
  readonly always: readonly TransitionSpec[];
  readonly onDone: TransitionSpec | undefined;
}

export interface MachineSpec {
  readonly root: NodeSpec;
  /** Whether the implementations come through a chain of `provide`, each replacing some. */
  readonly provided: boolean;
}

interface Context {
  readonly n: number;
  readonly log: readonly string[];
}

/** Events that a test may send; Z is handled by wildcards alone. */
export const eventTypes = ['A', 'B', 'C', 'Z'] as const;
const delayNames = ['short', 'long', 'varying'] as const;

const transitionSpec: fc.Arbitrary<TransitionSpec> = fc.record({
  target: fc.option(fc.nat(30), { nil: undefined, freq: 4 }),
  guard: fc.nat(7),
  reenter: fc.boolean(),
  actions: fc.array(fc.nat(13), { maxLength: 3 }),
});

/** A state with at most `depth` levels of states below it. */
function nodeSpec(depth: number): fc.Arbitrary<NodeSpec> {
  const inner = (['compound', 'compound', 'compound', 'parallel'] as const).slice(
    depth > 0 ? 0 : 4,
  );
  return fc.record({
    kind: fc.constantFrom<Kind>('atomic', 'atomic', ...inner, 'final', 'shallow', 'deep'),
    children:
      depth > 0
        ? fc.array(nodeSpec(depth - 1), { minLength: 2, maxLength: 3 })
        : fc.constant<readonly NodeSpec[]>([]),
    entry: fc.array(fc.nat(13), { maxLength: 2 }),
    exit: fc.array(fc.nat(13), { maxLength: 1 }),
    on: fc.dictionary(
      fc.constantFrom('A', 'B', 'C', 'R', '*'),
      fc.array(transitionSpec, { minLength: 1, maxLength: 2 }),
      { maxKeys: 4 },
    ),
    after: fc.array(fc.tuple(fc.constantFrom(...delayNames, '7'), transitionSpec), {
      maxLength: 2,
    }),
    always: fc.array(transitionSpec, { maxLength: 1 }),
    onDone: fc.option(transitionSpec, { nil: undefined }),
  });
}

export const machineSpec: fc.Arbitrary<MachineSpec> = fc.record({
  root: nodeSpec(3).map(
    (root): NodeSpec => ({ ...root, kind: root.kind === 'parallel' ? 'parallel' : 'compound' }),
  ),
  provided: fc.boolean(),
});

const note = (text: string) =>
  assign(({ context }: { context: Context }) => ({ log: [...context.log, text].slice(-4) }));
const add = (k: number) => assign({ n: ({ context }: { context: Context }) => context.n + k });

/** The actions by number. Raised events are of another type than those sent, so that few loop. */
const actions: readonly unknown[] = [
  add(1),
  add(2),
  'named',
  'double',
  emit(mark('static')),
  emit(({ context, event }: { context: Context; event: { type: string } }) =>
    mark('dynamic', { n: context.n, on: event.type }),
  ),
  raise({ type: 'R' }),
  raise({ type: 'C' }, { id: 'later', delay: 5 }),
  raise(({ context }: { context: Context }) => ({ type: 'C', n: context.n }), {
    delay: 'long' as never,
  }),
  cancel('later'),
  { type: 'parameterised', params: ({ context }: { context: Context }) => ({ by: context.n % 3 }) },
  enqueueActions(({ enqueue, check, context }) => {
    enqueue.assign({ n: (context as Context).n + 1 });
    if (check('isEven')) enqueue.emit(mark('enqueued', (context as Context).n));
    else enqueue.raise({ type: 'R' });
    enqueue('named');
  }),
  enqueueActions(({ enqueue, check }) => {
    if (check(not('isEven')))
      enqueue.raise({ type: 'B' }, { id: 'later', delay: 'varying' as never });
    else enqueue.cancel('later');
    enqueue.emit(({ context }) => mark('late', (context as Context).n));
  }),
  note('noted'),
];

const guards: readonly unknown[] = [
  undefined,
  undefined,
  'isEven',
  not('isEven'),
  ({ context }: { context: Context }) => context.n % 3 === 0,
  ({ context }: { context: Context }) => context.log.length < 3,
  { type: 'divides', params: { by: 3 } },
  stateIn('#s1'),
];

/** Builds the machine. The infinite loops that random data makes end with XState's own error. */
export function machineOf({ root, provided }: MachineSpec): AnyStateMachine {
  let count = 0;
  const ids: string[] = [];
  const number = (): string => {
    const id = `s${count++}`;
    ids.push(id);
    return id;
  };
  const first = configOf(root, undefined, number);
  // Targets are numbers into the list of states, which is complete only now.
  const targets = ids.slice(1);
  const config = {
    id: 's0',
    context: { n: 0, log: [] },
    output: ({ context }: { context: Context }) => ({ n: context.n }),
    options: { maxIterations: 40 },
    ...(first(targets) as object),
  };
  const implementations = {
    actions: {
      named: emit(mark('named')),
      double: add(10),
      parameterised: assign({
        n: ({ context }: { context: Context }, { by }: { by: number }) => context.n + by,
      }),
    },
    guards: {
      isEven: ({ context }: { context: Context }) => context.n % 2 === 0,
      divides: ({ context }: { context: Context }, { by }: { by: number }) => context.n % by === 0,
    },
    delays: {
      short: 10,
      long: 1000,
      varying: ({ context }: { context: Context }) => 100 + (context.n % 7),
    },
  };
  const machine = createMachine(config as never, implementations as never);
  if (!provided) return machine as AnyStateMachine;
  return machine
    .provide({
      actions: { named: note('provided once'), double: emit(mark('provided once')) },
    } as never)
    .provide({
      actions: { double: enqueueActions(({ enqueue }) => enqueue.raise({ type: 'R' })) },
      guards: { isEven: ({ context }: { context: Context }) => context.n % 4 < 2 },
      delays: { short: 20 },
    } as never) as AnyStateMachine;
}

function configOf(
  spec: NodeSpec,
  parent: Kind | undefined,
  number: () => string,
): (targets: readonly string[]) => unknown {
  const id = number();
  const kind = legalKind(spec, parent);
  const children = kind === 'compound' || kind === 'parallel' ? spec.children : [];
  // A compound state starts in a child that stays: its first child is never a history state.
  const made = children.map((child, index) =>
    configOf(index === 0 ? { ...child, kind: plain(child.kind) } : child, kind, number),
  );
  return (targets) => {
    if (kind === 'shallow' || kind === 'deep') return { id, type: 'history', history: kind };
    const transition = (to: TransitionSpec, mayStay = true) => {
      const target = to.target === undefined ? undefined : targets[to.target % targets.length];
      return {
        ...(target === undefined || (!mayStay && target === id) ? {} : { target: `#${target}` }),
        ...(guards[to.guard] === undefined ? {} : { guard: guards[to.guard] }),
        reenter: to.reenter,
        actions: to.actions.map((action) => actions[action]),
      };
    };
    const entry = spec.entry.map((action) => actions[action]);
    if (kind === 'final')
      return {
        id,
        type: 'final',
        entry,
        output: ({ context }: { context: Context }) => ({ id, n: context.n }),
      };
    const states = Object.fromEntries(made.map((child, index) => [`c${index}`, child(targets)]));
    return {
      ...(parent === undefined ? {} : { id }),
      ...(kind === 'parallel' ? { type: 'parallel' } : {}),
      ...(kind === 'compound' ? { initial: 'c0' } : {}),
      ...(children.length > 0 ? { states } : {}),
      ...(children.length > 0 && parent !== undefined && spec.onDone !== undefined
        ? { onDone: transition(spec.onDone) }
        : {}),
      entry,
      exit: spec.exit.map((action) => actions[action]),
      on: Object.fromEntries(
        Object.entries(spec.on).map(([type, all]) => [type, all.map((to) => transition(to))]),
      ),
      after: Object.fromEntries(spec.after.map(([delay, to]) => [delay, transition(to)])),
      // An always transition without a guard would rarely let a machine come to rest.
      always: spec.always.map((to) => ({
        guard: 'isEven',
        ...transition({ ...to, actions: [0, ...to.actions] }),
      })),
    };
  };
}

/** Final and history states stand only below a compound state. */
function legalKind({ kind }: NodeSpec, parent: Kind | undefined): Kind {
  return parent === 'compound' || parent === undefined ? kind : plain(kind);
}

function plain(kind: Kind): Kind {
  return kind === 'final' || kind === 'shallow' || kind === 'deep' ? 'atomic' : kind;
}
