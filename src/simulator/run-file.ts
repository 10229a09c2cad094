/** A run as a file in memory: what `run --trace` writes and `replay` reads. */
import type { RunFile } from '../model/trace.ts';
import type { Run } from './options.ts';

/** The run file of a run that kept its trace. `module` is the hash of the user's module, if any. */
export function runFileOf(run: Run, module?: string): RunFile {
  const violated = run.properties.find(({ verdict }) => verdict === 'violated')?.name;
  return {
    header: {
      counterpoint: 'run',
      version: 1,
      origin: 'run',
      system: run.system,
      parameters: run.parameters,
      seed: run.seed,
      ...(run.scenario === undefined ? {} : { scenario: run.scenario }),
      faults: run.faults,
      ...(run.operations === undefined ? {} : { operations: run.operations }),
      ...(run.workload === undefined ? {} : { workload: run.workload }),
      ...(violated === undefined ? {} : { property: violated }),
      ...(module === undefined ? {} : { module }),
    },
    decisions: run.trace.map(({ atUs, decision }) =>
      atUs === undefined ? { decision } : { atUs, decision },
    ),
    footer: {
      state: run.stateDigest,
      ...(run.suspended ? { suspended: true } : {}),
      digest: run.digest,
    },
  };
}
