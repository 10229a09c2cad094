/** What `--help` says. */
import type { Io } from './io.ts';
import { wrapped } from './layout.ts';

export const summaries = {
  counterpoint:
    'Coordination protocols as XState machines: simulate them, break them, check every execution.',
  list: 'List the systems with their variants, parameters, scenarios and properties.',
  run: 'Run a system once under a seed, with the faults of a scenario and those that you add.',
  fuzz: 'Run a system many times with generated faults and operations; shrink what fails.',
  check: 'Check every execution within a scope, or find a shortest one that violates a property.',
  explore: 'Step through a system or a run file by hand, forwards and back, on a page.',
  replay: 'Replay a run file, decision by decision, and judge it again.',
  history: 'Check a recorded history: is there one order that explains what clients saw?',
  compare: 'Write the comparison: every number that is measured or checked, beside its claim.',
} as const;

const exits = `
Exit codes: 0 holds, 1 violated, 2 a mistake in the call or in a file, 3 unknown.
`;

/** What stands below the options of a command. Lines that begin with blanks stay as they are. */
export function epilogue(command: keyof typeof summaries, { calledAs, width }: Io): string {
  const blocks = epilogues[command](calledAs).split('\n\n');
  return `\n${blocks.map((block) => laidOut(block, width)).join('\n')}`;
}

function laidOut(block: string, width: number): string {
  const lines = block.trim().split('\n');
  if (lines.some((line) => line.startsWith(' '))) return `${lines.join('\n')}\n`;
  return wrapped(lines.join(' '), width);
}

/** The examples can be pasted as they stand; a test runs each. */
const epilogues: Readonly<Record<keyof typeof summaries, (calledAs: string) => string>> = {
  counterpoint: (command) => `
SYSTEM is a built-in name or the path of a module (.ts, .mts, .js, .mjs) that exports \`system\`.

Examples:
  ${command} list
  ${command} run two-phase-commit --seed 1 --scenario coordinator-crash --story
  ${command} check two-phase-commit --set participants=2
${exits}`,
  list: (command) => `
Examples:
  ${command} list
  ${command} list two-phase-commit
  ${command} list --json
`,
  run: (command) => `
A run that names no scenario takes the first that the system declares. The faults of --faults and
--crash come beside those of the scenario. \`holds\` means: not violated in this run.

A crash point is NODE@before:N:MESSAGE or NODE@after:N:MESSAGE: right before or after the N-th message
or log record of that name that the node receives, sends or writes. One that never comes is a mistake.

A fault file is a JSON list, as below. \`list\` names the presets; a file named like one is ./NAME.

  [{"fault":"crash","node":"p1","atMs":20,"forMs":300},
   {"fault":"loss","probability":0.2}]

A workload file is a JSON list of loops or of operations; docs/workloads.md has all of it.

  [{"loop":"open","arrivals":
    {"kind":"poisson","perSecond":30}}]

--runs N makes many runs, with seeds SEED/1 to SEED/N, and prints shares and means with 95 % intervals. A
preset draws anew for each. The output is the same however many --workers there are; Ctrl-C ends with what
was done so far.

Examples:
  ${command} run two-phase-commit --seed 1
  ${command} run two-phase-commit --seed 1 --runs 100 --faults swarm
  ${command} run two-phase-commit --seed 1 --crash coordinator@before:1:COMMIT --for 500 --story
  ${command} run two-phase-commit --seed 1 --crash coordinator
  ${command} run two-phase-commit --seed 1 --export mermaid
  ${command} run service --seed 1 --scenario burst
  ${command} run two-phase-commit --seed 7 --set participants=5 votes=any --faults chaos
${exits}`,
  fuzz: (command) => `
Every run has its own seed, faults and operations. What fails is shrunk to few faults, operations and
decisions, written as a run file, and printed with a test to keep. \`holds\` means: not violated in these
runs. The same seed fuzzes alike; Ctrl-C ends with what was covered so far.

Examples:
  ${command} fuzz two-phase-commit --runs 50
  ${command} fuzz two-phase-commit --runs 20 --seed 7 --faults chaos --json
${exits}`,
  check: (command) => `
The scope is part of the question and is printed with the verdict. A budget is not: spent, the
verdict is unknown. Ctrl-C ends a check as a spent budget does; a second one ends it at once.

--symmetry counts states up to exchanges of the nodes that a system declares alike, such as the participants
of a commit: verdicts are the same and states fewer. Where something tells them apart the check is refused,
in a sentence that says what.

--confirm spin puts the same question to Spin and compares verdicts and numbers of states; it needs spin
and gcc. --export promela prints the model for Spin instead of checking.

Examples:
  ${command} check two-phase-commit --set participants=2 --scope crashes=0
  ${command} check two-phase-commit/non-blocking --set participants=2 --max-seconds 60
  ${command} check two-phase-commit --set participants=2 --symmetry
  ${command} check two-phase-commit --set participants=1 --export promela
${exits}`,
  explore: (command) => `
The page is served on 127.0.0.1 and nowhere else, until Ctrl-C. A run file is walked through decision by
decision; at any moment another way can be taken, and the path saved as a run file.

Examples:
  ${command} explore two-phase-commit --set participants=2 votes=yes
  ${command} explore run.jsonl
`,
  replay: (command) => `
\`run --trace FILE\` and \`check --trace FILE\` write run files. A replay reads nothing but the decisions
in it; where one is not possible any more, or where the last state is another, it says so and exits 2.

Examples:
  ${command} replay run.jsonl --story
  ${command} replay - --json < run.jsonl
${exits}`,
  history: (command) => `
FILE is a log of Jepsen against etcd, or a history of maps, in EDN or JSON, as Jepsen writes them; the
format is told by the content. The model is \`register\` (read, write, cas), \`kv\` (get, put, append),
or the path of a module that exports \`model\`: docs/histories.md shows how to write one.

The verdict is for linearizability. The budget is in steps of the model; spent, the verdict is unknown.

Examples:
  ${command} history history.edn --model register
  ${command} history - --model register --json < history.edn
${exits}`,
  compare: (command) => `
The page is one file that needs nothing else. Exit code 0 says that every cell equals its claim.

Examples:
  ${command} compare --quick
  ${command} compare three-phase-commit --out report
  ${command} compare raft --quick
  ${command} compare paxos
  ${command} compare resilience --quick
${exits}`,
};
