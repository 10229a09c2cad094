/** The command: sub-commands and options, and how a wrong call ends. */
import { createRequire } from 'node:module';
import { Command, CommanderError, Option } from 'commander';
import { isUserMistake, UserMistake } from '../index.ts';
import { pairs, positive, seed, wholeNumber } from './arguments.ts';
import { type CheckArguments, checkCommand } from './check.ts';
import { type CompareArguments, compareCommand } from './compare.ts';
import { type ExploreArguments, exploreCommand } from './explore.ts';
import { type FuzzArguments, fuzzCommand } from './fuzz.ts';
import { epilogue, summaries } from './help.ts';
import { type HistoryArguments, historyCommand } from './history.ts';
import type { ExitCode, Io } from './io.ts';
import { type ListArguments, listCommand } from './list.ts';
import { callMistake } from './mistakes.ts';
import { type ReplayArguments, replayCommand } from './replay.ts';
import { type RunArguments, runCommand } from './run.ts';
import { notes } from './words.ts';

/** Runs the command with these words and returns its exit code. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = programOf(io, async (work) => {
    code = await work;
  });
  try {
    refuseSwallowed(program, argv);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return told(error, program, argv, io);
  }
}

function told(error: unknown, program: Command, argv: readonly string[], io: Io): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    io.err(`${callMistake(error, program, argv, io.calledAs)}\n`);
    return 2;
  }
  if (isUserMistake(error)) {
    io.err(`${error.message.replace(/\s*\n\s*/g, ' ')}\n`);
    return 2;
  }
  io.err(`${notes.bug}\n${error instanceof Error ? error.stack : String(error)}\n`);
  return 70;
}

/** Commander would take the next option for the value: `--trace --json` writes a file named --json. */
function refuseSwallowed(program: Command, argv: readonly string[]): void {
  const command = program.commands.find((one) => one.name() === argv[0]);
  for (const [index, word] of argv.entries()) {
    const option = command?.options.find((one) => one.long === word);
    const next = argv[index + 1] ?? '';
    if (option?.required === true && next.startsWith('--'))
      throw new UserMistake(`option '${option.flags}' needs a value, and ${next} follows`);
  }
}

function programOf(io: Io, finish: (work: Promise<ExitCode>) => Promise<void>): Command {
  const program = new Command('counterpoint')
    .description(summaries.counterpoint)
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ minWidthToWrap: 12, subcommandTerm: (command) => command.name() })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      // Mistakes are told in one sentence, above.
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => io.width,
      getOutHasColors: () => io.hasColour,
    })
    .addHelpText('after', () => epilogue('counterpoint', io));
  const set = new Option('--set <name=value...>', 'values of parameters').argParser(pairs('--set'));
  const workload = new Option(
    '--workload <file>',
    'a workload file: what clients are asked for, in place of what the scenario says',
  );
  const json = new Option('--json', 'print one JSON document on standard output');
  const traceExport = new Option(
    '--export <format...>',
    'shiviz or mermaid [FILE]: print the run for that tool, or write it to the file',
  );
  const add = (name: keyof typeof summaries, usage: string): Command =>
    program
      .command(name)
      .description(summaries[name])
      .usage(usage)
      .addHelpText('after', () => epilogue(name, io));

  add('list', '[SYSTEM] [--json]')
    .argument('[system]', 'only this one: a built-in name or a module')
    .addOption(json)
    .action((system: string | undefined, given: ListArguments) =>
      finish(listCommand(system, given, io)),
    );

  add('run', 'SYSTEM --seed S [options]')
    .argument('<system>', 'a built-in name, or a module that exports `system`')
    .option('--seed <seed>', 'required: a whole number or a text', seed)
    .option('--runs <n>', 'many runs, with seeds SEED/1 to SEED/N', wholeNumber('--runs', 'runs'))
    .option(
      '--workers <n>',
      'threads for many runs; default: one a core; the result is the same',
      wholeNumber('--workers', 'threads'),
    )
    .option('--against <system>', 'the same runs of another system, and how far they differ')
    .option('--scenario <name>', 'default: the first that the system declares')
    .addOption(set)
    .addOption(workload)
    .option('--faults <file>', 'a fault file or preset, beside the faults of the scenario')
    .option(
      '--crash <point>',
      'a crash point, as below; or NODE, or all, for a table of all points',
      (typed: string, before: readonly string[] = []) => [...before, typed],
    )
    .option(
      '--for <ms>',
      'how long nodes crashed by --crash are down',
      positive('--for', 'milliseconds'),
    )
    .option('--trace <file>', 'write the run file, which `replay` reads')
    .addOption(traceExport)
    .option('--story', 'tell the run in sentences')
    .addOption(json)
    .action((system: string, given: RunArguments) => finish(runCommand(system, given, io)));

  add('fuzz', 'SYSTEM [options]')
    .argument('<system>', 'a built-in name, or a module that exports `system`')
    .option('--runs <n>', 'runs to make; default 200', wholeNumber('--runs', 'runs'))
    .option('--seed <seed>', 'decides which runs are generated; default 1', seed)
    .option('--scenario <name>', 'default: the first that the system declares')
    .addOption(set)
    .addOption(workload)
    .option('--faults <preset>', 'a preset or fault file for every run; default: generated faults')
    .option('--out <dir>', 'where violations are written; default violations')
    .addOption(json)
    .action((system: string, given: FuzzArguments) => finish(fuzzCommand(system, given, io)));

  add('check', 'SYSTEM [options]')
    .argument('<system>', 'a built-in name, or a module that exports `system`')
    .addOption(set)
    .addOption(workload)
    .option(
      '--timing <timing>',
      'asynchronous, synchronous or timed; default: the one of its claims',
    )
    .option(
      '--scope <bound=value...>',
      'crashes, restarts, partitions, diskLosses, lostForces, failedWrites, copies, loss, duplication; of timed timing tickMs, latency, forceLatency, drift, skew, ticks',
      pairs('--scope'),
    )
    .option(
      '--max-states <n>',
      'budget: distinct states; default 5000000',
      wholeNumber('--max-states', 'states'),
    )
    .option('--max-seconds <n>', 'budget: time; default none', positive('--max-seconds', 'seconds'))
    .option(
      '--counterexamples <n>',
      'of each property at most, one for each kind of last step; default 1',
      wholeNumber('--counterexamples', 'counterexamples'),
    )
    .option(
      '--fingerprints',
      'keep 64 bits of a state in place of all of it; the odds of an omission are printed',
    )
    .option('--depth-first', 'expand the newest state first; counterexamples are then not shortest')
    .option('--symmetry', 'count states up to exchanges of nodes that the system declares alike')
    .option('--confirm <tool>', 'spin: ask Spin the same, where spin and gcc are installed')
    .option('--export <format...>', 'promela [FILE]: print the model for Spin, and check nothing')
    .option('--trace <file>', 'write the counterexample as a run file; more as FILE-2, FILE-3, ..')
    .option('--story', 'tell the counterexample whole')
    .addOption(json)
    .action((system: string, given: CheckArguments) => finish(checkCommand(system, given, io)));

  add('explore', 'SYSTEM|FILE [options]')
    .argument('<system>', 'a built-in name, a module, or a run file')
    .addOption(set)
    .option('--timing <timing>', 'asynchronous or synchronous; default: the one of its claims')
    .option(
      '--scope <bound=value...>',
      'as in check; with one, faults are limited to the scope',
      pairs('--scope'),
    )
    .option('--port <n>', 'default: a free one')
    .action((system: string, given: ExploreArguments) => finish(exploreCommand(system, given, io)));

  add('replay', 'FILE [options]')
    .argument('<file>', 'a run file, or - for standard input')
    .addOption(traceExport)
    .option('--story', 'tell the run in sentences')
    .addOption(json)
    .action((file: string, given: ReplayArguments) => finish(replayCommand(file, given, io)));

  add('history', 'FILE --model register|kv|MODULE [options]')
    .argument('<file>', 'a recorded history, or - for standard input')
    .option('--model <model>', 'required: register, kv, or a module that exports `model`')
    .option(
      '--max-steps <n>',
      'budget: steps of the model; default 10000000',
      wholeNumber('--max-steps', 'steps'),
    )
    .addOption(json)
    .action((file: string, given: HistoryArguments) => finish(historyCommand(file, given, io)));

  add('compare', '[SYSTEM ...] [options]')
    .argument('[systems...]', 'built-in names; default: all commit protocols')
    .option('--out <folder>', 'where the pages and data.json are written', 'report')
    .option('--quick', 'fewer points of the sweeps')
    .addOption(json)
    .action((systems: readonly string[], given: CompareArguments) =>
      finish(compareCommand(systems, given, io)),
    );

  return program;
}

function version(): string {
  const { version: text } = createRequire(import.meta.url)('../../package.json') as {
    readonly version: string;
  };
  return text;
}
