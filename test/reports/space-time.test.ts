import { describe, expect, it } from 'vitest';
import { twoPhaseCommit } from '../../src/protocols/index.ts';
import { commitmentHues, spaceTimeSvg } from '../../src/reports/index.ts';
import { textWidth } from '../../src/reports/markup.ts';
import { run } from '../../src/simulator/index.ts';
import { expectPinned } from './golden.ts';
import { expectWellFormed } from './well-formed.ts';

const scenarios = Object.keys(twoPhaseCommit.scenarios ?? {});
const ran = (scenario: string, participants: number) =>
  run(twoPhaseCommit, { seed: 2, scenario, parameters: { participants }, trace: true });

interface Text {
  readonly content: string;
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
}

function textsOf(svg: string): readonly Text[] {
  const pattern = /<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]*)<\/text>/g;
  return [...svg.matchAll(pattern)].map(([, x, y, anchor, raw]) => {
    const content = (raw ?? '').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    const width = textWidth(content, 12);
    const shift = anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2;
    const left = Number(x) - shift;
    return { content, left, right: left + width, baseline: Number(y) };
  });
}

function overlaps(texts: readonly Text[]): readonly string[] {
  const found: string[] = [];
  for (const [index, a] of texts.entries())
    for (const b of texts.slice(index + 1))
      if (a.left < b.right && b.left < a.right && Math.abs(a.baseline - b.baseline) < 12)
        found.push(`${a.content} / ${b.content}`);
  return found;
}

describe('a space-time diagram', () => {
  it.each(scenarios)(
    'of %s is well-formed, and no text covers another at N = 3 to 5',
    (scenario) => {
      for (const participants of [3, 4, 5]) {
        const svg = spaceTimeSvg(ran(scenario, participants), { title: `Scenario ${scenario}` });
        expectWellFormed(svg);
        const texts = textsOf(svg);
        expect(texts.length).toBeGreaterThan(10);
        expect(overlaps(texts)).toEqual([]);
        const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
        for (const { left, right, content } of texts) {
          expect(left, content).toBeGreaterThanOrEqual(0);
          expect(right, content).toBeLessThanOrEqual(width);
        }
      }
    },
  );

  it('names every node, every message type and every final state', () => {
    const done = ran('coordinator-crash-and-return', 3);
    const svg = spaceTimeSvg(done);
    for (const { address } of done.end.all) expect(svg).toContain(`>${address}</text>`);
    for (const type of Object.keys(done.metrics.messagesByType)) expect(svg).toContain(`>${type}`);
    for (const text of ['committed', 'forgotten', 'crashes', 'comes back', 'prepared is on disk'])
      expect(svg).toContain(`>${text}</text>`);
  });

  it('ends lost messages in a cross, and delivered ones in a head', () => {
    const lost = ran('coordinator-crash', 3);
    const svg = spaceTimeSvg(lost);
    // Three inquiries are drawn, the other rounds are folded.
    expect(svg.match(/<path /g)).toHaveLength(3);
    expect(svg.match(/<polygon /g)).toHaveLength(lost.metrics.messages.delivered);
    expect(svg).toContain('… the same 18 more times, until 2870 ms.');
    expect(svg).toContain('blocked: p1, p2, p3 are in doubt and the coordinator is down');
  });

  it('shades a partition and says who is cut off from whom', () => {
    const svg = spaceTimeSvg(ran('partition', 3));
    expect(svg).toContain('links cut: coordinator | p1, p2 and p3');
    expect(svg).toContain('var(--cp-band)');
    expect(svg).toContain('links mended');
  });

  it('says what it left out when a trace is too long', () => {
    const svg = spaceTimeSvg(ran('partition', 3), { rows: 6 });
    expect(svg).toMatch(/… \d+ more moments, until \d+ ms, are left out here\./);
    expect(svg).toContain('>committed</text>');
  });

  it('has neither scripts nor anything to load', () => {
    const svg = spaceTimeSvg(ran('fault-free', 3));
    expect(svg).not.toMatch(/<script|href=|url\(|@import|on\w+="/);
  });

  it('of the blocked run is the picture of the README', () => {
    const done = run(twoPhaseCommit, { seed: 1, scenario: 'coordinator-crash', trace: true });
    const title = 'The coordinator dies before its first COMMIT: everyone who voted yes waits';
    const svg = spaceTimeSvg(done, { hues: commitmentHues, title });
    expectPinned(`${svg}\n`, 'docs/pictures/blocked.svg');
  });
});
