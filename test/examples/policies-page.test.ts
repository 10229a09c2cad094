// docs/policies.md: its programs run, its commands answer, its tables are what the program says today.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constant, type Distribution, describeDistribution } from 'counterpoint';
import {
  bulkhead,
  circuitBreaker,
  failover,
  fallback,
  hedge,
  type Policy,
  presets,
  rateLimit,
  retry,
  timeout,
} from 'counterpoint/patterns';
import { afterAll, expect, test } from 'vitest';
import { isOfCallee, isRejection } from '../../src/patterns/resilience/policy.ts';
import { presetRows } from '../patterns/resilience/preset-rows.ts';
import { expectGenerated, markdownTable } from './generated.ts';
import { blocksOf, commandsOf, readersFolder, root, started } from './pages.ts';

const page = 'docs/policies.md';
const readme = 'src/patterns/resilience/README.md';
const folder = readersFolder();
afterAll(() => folder.remove());

const files = new Map(
  ['shop.ts', 'nestings.ts'].map((name) => [
    name,
    folder.file(name, blocksOf(page, name)[0] ?? ''),
  ]),
);
const [shop, nestings] = blocksOf(page, 'says');

test('shop.ts prints its order, and that every request is answered, some of them degraded', async () => {
  const { code, printed } = await started([], files.get('shop.ts'));
  expect(code).toBe(0);
  expect(printed).toContain(shop as string);
  const [, returned, arrived, degraded] =
    /(\d+) of (\d+) answered, (\d+) of them/.exec(printed) ?? [];
  expect(returned).toBe(arrived);
  expect(Number(arrived)).toBeGreaterThan(60);
  expect(Number(degraded)).toBeGreaterThan(0);
  expect(printed).toMatch(/[1-9]\d* failed over, [1-9]\d* ejections, [1-9]\d* retries/);
});

test('nestings.ts prints the two counts: 4 and 12 calls', async () => {
  expect(await started([], files.get('nestings.ts'))).toEqual({ code: 0, printed: nestings });
});

test.each(commandsOf(page))('%s', async (line) => {
  const words = line.split(' ').map((word) => files.get(word) ?? word);
  const { code, printed } = await started(words);
  expect({ code, printed }).toMatchObject({ code: 0 });
});

/** Each policy with what must be given alone. */
const catalogue: readonly (readonly [
  heading: string,
  Policy,
  given: readonly string[],
  what: string,
])[] = [
  ['Retry', retry(), [], 'makes a call that failed again, after a wait'],
  ['Circuit breaker', circuitBreaker(), [], 'rejects calls for a while when too many have failed'],
  ['Timeout', timeout({ after: constant(1) }), ['after'], 'fails a call that takes too long'],
  ['Bulkhead', bulkhead(), [], 'lets so many calls out at once, and some wait'],
  [
    'Fallback',
    fallback({ give: { kind: 'value', value: 0 } }),
    ['give'],
    'answers with something else in place of a failure',
  ],
  [
    'Failover',
    failover({ targets: ['a', 'b'] }),
    ['targets', 'attempts'],
    'sends calls to targets that are healthy',
  ],
  [
    'Hedging',
    hedge({ after: constant(1) }),
    ['after'],
    'makes a call that takes long a second time',
  ],
  [
    'Rate limit',
    rateLimit({ every: constant(1) }),
    ['every'],
    'lets so many calls through in a time',
  ],
];

function shown(value: unknown): string {
  if (typeof value === 'function') return 'by a function';
  if (value === undefined) return 'none';
  if (typeof value !== 'object' || value === null) return `\`${JSON.stringify(value)}\``;
  if (Array.isArray(value)) return `\`${JSON.stringify(value)}\``;
  const law = value as Distribution;
  if (['constant', 'uniform', 'exponential'].includes(law.kind) && !('jitter' in value))
    return describeDistribution(law);
  const parts = Object.entries(value).map(([name, part]) => `${name}: ${JSON.stringify(part)}`);
  return `\`{ ${parts.join(', ')} }\``;
}

const anchor = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

test('the page has all policies with all their defaults', () => {
  const rows = catalogue.map(([heading, { kind, options }, given, what]) => [
    `[${kind}](../${readme}#${anchor(heading)})`,
    what,
    given
      .filter((name) => name !== 'attempts')
      .map((name) => `\`${name}\``)
      .join(', ') || 'nothing',
    Object.entries(options)
      .filter(([name]) => !given.includes(name))
      .map(([name, value]) => `\`${name}\` ${shown(value)}`)
      .join('; '),
  ]);
  expectGenerated(
    page,
    'catalogue',
    markdownTable(['policy', 'what it does', 'must be given', 'defaults'], rows),
  );
});

test.each(catalogue)('%s: every option has its row in the README', (heading, { options }) => {
  const text = readFileSync(join(root, readme), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  for (const name of Object.keys(options)) expect(section).toContain(`\n| \`${name}\` |`);
});

test('the page says what rejections mean for others', () => {
  const rejections = [
    ['breaker-open', 'circuit breaker'],
    ['bulkhead-full', 'bulkhead'],
    ['bulkhead-waited', 'bulkhead'],
    ['rate-limited', 'rate limit'],
    ['rate-waited', 'rate limit'],
    ['all-ejected', 'failover'],
    ['timeout', 'timeout'],
    ['cancelled', 'whoever holds a call that is taken back'],
  ] as const;
  const again = (error: string) =>
    error === 'breaker-open' || error === 'cancelled'
      ? 'never'
      : isRejection(error)
        ? 'with `onRejection`'
        : 'yes';
  const rows = rejections.map(([error, by]) => [
    `\`${error}\``,
    by,
    again(error),
    isOfCallee(error) ? 'a failure' : 'nothing',
    isOfCallee(error) ? 'a failure' : 'goes up',
    error === 'cancelled' ? 'never' : 'yes',
  ]);
  const head = ['error', 'of', 'retried', 'for a breaker', 'for a failover', 'a fallback helps'];
  expectGenerated(page, 'rejections', markdownTable(head, rows));
});

test('the page has the settings of other libraries', () => {
  const valueAt = (library: string, path: string) =>
    path.split('.').reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | undefined)?.[name],
      {
        ...presets,
      }[library as keyof typeof presets],
    );
  const rows = Object.entries(presetRows).flatMap(([library, policies]) =>
    Object.entries(policies).flatMap(([policy, options]) =>
      Object.entries(options).map(([option, row]) => {
        const theirs = `${policy}.${option}`;
        if ('none' in row) return [library, theirs, '', '', row.none];
        const value = valueAt(library, row.here);
        return [
          library,
          theirs,
          `\`${row.here}\``,
          value === undefined ? '' : shown(value),
          row.note ?? '',
        ];
      }),
    ),
  );
  const head = ['library', 'its option', 'in the preset', 'value', 'remark, or why there is none'];
  expectGenerated(page, 'presets', markdownTable(head, rows));
});
