// Tables and pictures of the page of primary-backup are what the program says today.
import { readFileSync } from 'node:fs';
import { type AnySystem, type CheckOptions, check, run } from 'counterpoint';
import {
  primaryBackup,
  primaryBackupOverSet,
  replicaServer,
  viewServer,
} from 'counterpoint/protocols';
import { expect, test } from 'vitest';
import { bugs } from '../bugs/primary-backup-bugs.ts';
import { expectGenerated, markdownTable } from './generated.ts';
import { stateDiagram, transitionTable } from './state-diagram.ts';

const page = 'src/protocols/primary-backup/README.md';

test('draws the machines that run', () => {
  for (const [name, machine] of Object.entries({
    'view server': viewServer,
    server: replicaServer,
  })) {
    expectGenerated(page, name, stateDiagram(machine));
    expectGenerated(page, `${name} transitions`, transitionTable(machine));
  }
});

test('says how each scenario ends: only a lost disk is beyond what it assumes', () => {
  const rows = Object.entries(primaryBackup.scenarios ?? {}).map(([scenario, { description }]) => {
    const done = run(primaryBackup as AnySystem, { seed: 1, scenario });
    const { view } = done.end.observed as { readonly view: { readonly number: number } };
    const broken = done.properties.filter(({ verdict }) => verdict === 'violated');
    expect([scenario, done.verdict]).toEqual([
      scenario,
      scenario === 'disk-loss' ? 'violated' : 'holds',
    ]);
    const { invoked, returned } = done.metrics.operations;
    const ending =
      broken.length === 0
        ? (done.reason ?? done.outcome)
        : `${broken.map(({ name }) => name).join(', ')} violated`;
    return [`\`${scenario}\``, description, view.number, invoked, returned, ending];
  });
  const head = ['scenario', 'what happens', 'views', 'asked', 'answered', 'how it ends'];
  expectGenerated(page, 'scenarios', markdownTable(head, rows));
});

test('says what the checker answers', () => {
  const questions: readonly CheckOptions[] = [
    {
      parameters: { servers: 2, clients: 1, operations: 1, paired: true, patience: 1, views: 2 },
      scope: { crashes: 1 },
    },
  ];
  const rows = questions.map((question) => {
    const asked = check(primaryBackupOverSet as AnySystem, question);
    const { verdict, complete, distinct, depth, properties } = asked;
    expect([verdict, complete]).toEqual(['holds', true]);
    expect(properties.filter(({ exercised }) => !exercised)).toEqual([]);
    const given = Object.entries(question.parameters ?? {}).map(
      ([name, value]) => `${name}=${value}`,
    );
    return [`\`${given.join(' ')}\``, Number(question.scope?.crashes), verdict, distinct, depth];
  });
  const head = ['parameters', 'crashes', 'verdict', 'states', 'depth'];
  expectGenerated(page, 'checks', markdownTable(head, rows));
});

test('names the planted bugs, with the lengths of their stories', () => {
  const rows = bugs.map(({ name, mutation, breaks: [property = ''] }) => {
    const told = new URL(`../bugs/stories/primary-backup/${name}.txt`, import.meta.url);
    const steps = readFileSync(told, 'utf8').matchAll(/^ +(\d+)\. {2}/gm);
    return [mutation, property, Math.max(...[...steps].map(([, step]) => Number(step)))];
  });
  expectGenerated(page, 'bugs', markdownTable(['mistake', 'what breaks', 'steps'], rows));
});
