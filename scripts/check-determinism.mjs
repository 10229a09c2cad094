// The same seed gives the same run: compares digests between processes and versions of Node.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = 'run two-phase-commit --seed 7 --json';
const otherVersions = ['22', '24'];

const runs = [
  { name: `Node ${process.version}, first process`, node: process.execPath },
  { name: `Node ${process.version}, second process`, node: process.execPath },
  ...otherVersions.flatMap(otherNode),
];

const digests = runs.map(({ name, node }) => {
  const digest = digestOf(node, name);
  console.log(`${digest}  ${name}`);
  return digest;
});

if (new Set(digests).size > 1) {
  fail(`\`counterpoint ${command}\` has different digests (above); it must have one`);
}
console.log(`check:determinism: one digest in ${runs.length} runs`);

function digestOf(node, name) {
  const options = ['--conditions=counterpoint-source', '--import', 'tsx', 'src/cli/main.ts'];
  let output;
  try {
    output = execFileSync(node, [...options, ...command.split(' ')], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
  } catch (error) {
    // Exit codes 1 (violated) and 3 (unknown) are verdicts: such a run has a digest too.
    if (error.status !== 1 && error.status !== 3) {
      fail(`${name} could not run \`counterpoint ${command}\`:\n${error.stderr || error.message}`);
    }
    output = error.stdout;
  }
  const digest = parse(output)?.digest;
  if (typeof digest !== 'string' || digest === '') {
    fail(`${name} printed no digest:\n${output.slice(0, 500)}`);
  }
  return digest;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Another Node from the registry, or nothing, with a line that says so. */
function otherNode(version) {
  const npm = process.env.npm_execpath;
  if (npm === undefined) fail('start this script with `npm run check:determinism`');
  const print = 'process.stdout.write(JSON.stringify([process.version, process.execPath]))';
  const options = ['exec', '--yes', '--package', `node@${version}`, '--', 'node', '-e'];
  try {
    const output = execFileSync(process.execPath, [npm, ...options, print], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    const [found, node] = JSON.parse(output);
    if (!found.startsWith(`v${version}.`)) throw new Error(`got ${found}`);
    return [{ name: `Node ${found}`, node }];
  } catch (error) {
    const lines = `${error.stderr || error.message}`.trim().split('\n');
    console.log(`Node ${version} is not to be had here, not compared (${lines.at(-1)})`);
    return [];
  }
}

function fail(sentence) {
  console.error(`check:determinism: ${sentence}`);
  process.exit(1);
}
