/** Compositions of services: values, the statecharts they compile to, and services that they are. */
export { type Compiled, type CompiledPart, compile } from './compile.ts';
export { defineComposition, withCompositions } from './compositions.ts';
export { type CompositionDeskContext, compositionDesk } from './desk.ts';
export type { Abandoned, Ending, FlowContext, FlowInput, Outcome, Position } from './flow.ts';
export {
  attempt,
  type Caught,
  type Composition,
  type CompositionError,
  choice,
  compute,
  fail,
  forEach,
  loop,
  parallel,
  race,
  sequence,
  task,
  wait,
} from './plan.ts';
export { flowObserver, type ObservedFlows, soundness } from './properties.ts';
export type { CancelFlow, Directory, FailedWithAll } from './rules.ts';
export { compositionSystem, type Order, order } from './system.ts';
