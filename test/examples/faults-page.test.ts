// The tables of docs/faults.md are the catalogue and the presets; its schedule is a fault file.
import { catalogue, presets, run, type Schedule } from 'counterpoint';
import { twoPhaseCommit } from 'counterpoint/protocols';
import { expect, test } from 'vitest';
import { expectGenerated, markdownTable } from './generated.ts';
import { blocksOf } from './pages.ts';

const page = 'docs/faults.md';

test('every fault has a row: meaning, decisions or times, and who else has it', () => {
  const rows = Object.entries(catalogue).map(([name, { meaning, mapsTo, alsoIn }]) => [
    `\`${name}\``,
    meaning,
    mapsTo,
    alsoIn,
  ]);
  expectGenerated(
    page,
    'faults',
    markdownTable(['fault', 'what happens', 'maps to', 'also in'], rows),
  );
});

test('every field of every fault has a row', () => {
  const rows = Object.entries(catalogue).flatMap(([name, { fields }]) =>
    Object.entries(fields).map(([key, { meaning, words }]) => [
      `\`${name}\``,
      `\`${key}\``,
      words === undefined
        ? meaning
        : `${meaning} (${words.map((word) => `\`${word}\``).join(', ')})`,
    ]),
  );
  expectGenerated(page, 'fields', markdownTable(['fault', 'field', 'what it says'], rows));
});

test('every preset has a row', () => {
  const rows = Object.entries(presets).map(([name, { description, isBeyond }]) => [
    `\`${name}\``,
    `${description}${isBeyond === true ? ' (beyond)' : ''}`,
  ]);
  expectGenerated(page, 'presets', markdownTable(['preset', 'what happens'], rows));
});

test('its schedule runs, and the run recovers', () => {
  const [text = ''] = blocksOf(page, 'faults.json');
  const faults: Schedule = JSON.parse(text);
  expect(run(twoPhaseCommit, { seed: 1, faults }).outcome).toBe('recovered');
});
