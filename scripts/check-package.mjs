// Uses the package as a stranger would: builds, packs and installs it elsewhere, then runs it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = fileURLToPath(new URL('..', import.meta.url));
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// Run by Node, and checked by the compiler against the published declarations.
const userProgram = `import { defineSystem } from 'counterpoint';

if (typeof defineSystem !== 'function') {
  throw new Error(\`defineSystem is \${typeof defineSystem}, not a function\`);
}
console.log(typeof defineSystem);
`;

const temporary = mkdtempSync(join(tmpdir(), 'counterpoint-package-'));
try {
  step('build');
  npm(root, ['run', '--silent', 'build']);
  step('publint');
  await lintPackage();
  step('pack');
  const tarball = pack();
  step('install in an empty folder');
  const user = install(tarball);
  step('a program that imports it');
  console.log(run(process.execPath, ['program.mjs'], user).trim());
  step('the types of that program');
  checkTypes(user);
  step('npx counterpoint list --json');
  checkCommand(user);
  console.log('check:package: the published package works');
} catch (error) {
  console.error(`check:package: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

async function lintPackage() {
  const { messages } = await publint({ pkgDir: root, pack: 'npm', strict: true });
  for (const message of messages) console.error(formatMessage(message, packageJson));
  if (messages.length > 0) throw new Error(`publint has ${messages.length} complaint(s), above`);
}

function pack() {
  npm(root, ['pack', '--pack-destination', temporary]);
  const tarballs = readdirSync(temporary).filter((name) => name.endsWith('.tgz'));
  if (tarballs.length !== 1) throw new Error(`npm pack left ${tarballs.length} tarballs, not 1`);
  return join(temporary, tarballs[0]);
}

function install(tarball) {
  const user = mkdtempSync(join(temporary, 'user-'));
  const xstate = `xstate@${packageJson.devDependencies.xstate}`;
  writeFileSync(join(user, 'package.json'), '{ "private": true, "type": "module" }\n');
  writeFileSync(join(user, 'program.mjs'), userProgram);
  npm(user, ['install', '--no-audit', '--no-fund', tarball, xstate]);
  return user;
}

function checkTypes(user) {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const options = '--noEmit --checkJs --strict --skipLibCheck --module nodenext --target es2023';
  run(process.execPath, [compiler, ...options.split(' '), 'program.mjs'], user);
}

function checkCommand(user) {
  // --no: never fetch another package of this name when ours lacks its command.
  const output = npm(user, ['exec', '--no', '--', 'counterpoint', 'list', '--json']);
  try {
    JSON.parse(output);
  } catch {
    throw new Error(`counterpoint list --json printed no JSON document:\n${output.slice(0, 500)}`);
  }
}

/** npm by way of Node: npm.cmd cannot be started without a shell on Windows. */
function npm(folder, options) {
  const script = process.env.npm_execpath;
  if (script === undefined) throw new Error('start this script with `npm run check:package`');
  return run(process.execPath, [script, ...options], folder);
}

function run(command, options, folder) {
  // npm hands its settings for this repository on to what it starts; a stranger has none of them.
  const strangers = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_local_prefix|package_|lifecycle_|command)/i.test(name),
  );
  try {
    return execFileSync(command, options, {
      cwd: folder,
      env: Object.fromEntries(strangers),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    });
  } catch (error) {
    const output = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim();
    throw new Error(`${[command, ...options].join(' ')}\n${output || error.message}`);
  }
}

function step(name) {
  console.log(`- ${name}`);
}
