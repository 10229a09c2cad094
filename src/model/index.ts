/** The model: processes, effects, decisions, the relation, systems, properties. */
export { type NodeEvent, nodeEvents, type VectorClock } from './causality.ts';
export { openImmediateChoices } from './choices.ts';
export type { ClientHistory, OpenCall, ProcessCalls, ReturnedCall } from './client-history.ts';
export {
  type ActingDecision,
  type Decision,
  type DropCause,
  describeDecision,
  describeMessage,
} from './decision.ts';
export {
  constant,
  type Distribution,
  describeDistribution,
  empirical,
  exponential,
  logNormal,
  pareto,
  uniform,
} from './distribution.ts';
export {
  type Address,
  type Durability,
  type Effect,
  type Finished,
  type Message,
  mark,
  type NodeId,
  type Received,
  replaceRecords,
  send,
  start,
  stop,
  write,
} from './effects.ts';
export { enabledDecisions, type Question } from './enabled.ts';
export { isUserMistake, suggestion, UserMistake } from './errors.ts';
export type {
  CrashFault,
  CrashPoint,
  DuplicationFault,
  Fault,
  HealFault,
  HoldFault,
  LinkChoice,
  LinkList,
  LossFault,
  PartitionFault,
  PartitionShape,
  Schedule,
} from './faults.ts';
export { type Instance, instantiate } from './instance.ts';
export { type Latency, type LinkRule, type RegionalLatency, regions } from './latency.ts';
export type {
  Arrivals,
  ClosedLoop,
  FieldLaw,
  Fields,
  Loop,
  Loops,
  MixedOperation,
  OpenLoop,
  Operation,
  Retries,
} from './loops.ts';
export type { IdleDelivery, NetworkOptions, NetworkOrder } from './network.ts';
export type { Envelope, Executed } from './node.ts';
export {
  integer,
  oneOf,
  type Parameter,
  type ParameterSpecs,
  type ParameterValues,
  specificationOf,
} from './parameters.ts';
export {
  type Choice,
  defineFamily,
  defineNode,
  defineProcess,
  type Family,
  type Node,
  type Process,
  replicate,
} from './process.ts';
export {
  alwaysPossible,
  eventually,
  type HistoryExplanation,
  type HistoryJudgement,
  infinitelyOften,
  invariant,
  type Linearizable,
  leadsTo,
  type Properties,
  type Property,
  type PropertyKinds,
  type PropertyOptions,
  type PropertyVerdict,
  reachable,
  type Timing,
  type ToldOperation,
  transition,
  type UntimedTiming,
  type Verdict,
} from './property.ts';
export {
  type ApplyOptions,
  apply,
  initialState,
  type StartOptions,
  type Step,
} from './relation.ts';
export type { PlannedOperation, Scenario, Workload } from './scenario.ts';
export { describeScope, type FullScope, fullScope, type Scope } from './scope.ts';
export type { State } from './state.ts';
export { stateDigest, stateKey } from './state-key.ts';
export { viewOf } from './state-view.ts';
export {
  type AnySystem,
  defineSystem,
  type ObservedMark,
  type Observer,
  type Ratio,
  type Span,
  type Start,
  type System,
  type Variation,
  variant,
} from './system.ts';
export { scopeUnder, type TimedBounds, type TimingScope } from './timed-scope.ts';
export type { RunFile, RunFooter, RunHeader, TraceEntry, TraceLevel } from './trace.ts';
export {
  type AnyTransitionSystem,
  defineTransitionSystem,
  type Successor,
  type TransitionSystem,
} from './transition-system.ts';
export {
  describeValue,
  type LiveProcess,
  type Nodes,
  type ProcessView,
  type View,
} from './view.ts';
