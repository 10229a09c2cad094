/** The situation of a run as it was typed: scenario, parameters and faults. */
import type { RunArguments } from './run.ts';

/** Scenario and parameters, where they were typed. */
export function situationGiven({ scenario, set }: Pick<RunArguments, 'scenario' | 'set'>) {
  return {
    ...(scenario === undefined ? {} : { scenario }),
    ...(set === undefined ? {} : { parameters: set }),
  };
}

/** The words that ask for it again. */
export function situationWords({
  scenario,
  set = {},
  workload,
  faults,
  crash = [],
  for: forMs,
}: Pick<RunArguments, 'set' | 'workload' | 'faults' | 'crash' | 'for'> & {
  readonly scenario?: string | undefined;
}): readonly string[] {
  return [
    ...(scenario === undefined ? [] : ['--scenario', scenario]),
    ...Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...(workload === undefined ? [] : ['--workload', workload]),
    ...(faults === undefined ? [] : ['--faults', faults]),
    ...crash.flatMap((point) => ['--crash', point]),
    ...(forMs === undefined ? [] : ['--for', String(forMs)]),
  ];
}
