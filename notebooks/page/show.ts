/** What lessons show: diagrams, stories, verdicts and charts of the public API, as elements of the page. */
import type { CheckResult, Run } from 'counterpoint';
import {
  chartSvg,
  type Hue,
  paletteCss,
  spaceTimeSvg,
  story,
  type Told,
} from 'counterpoint/reports';

const colours = document.createElement('style');
colours.textContent = paletteCss(':root');
document.head.append(colours);

function elementOf(markup: string): HTMLElement {
  const host = document.createElement('div');
  host.innerHTML = markup;
  return host;
}

/** Something wide that scrolls in itself, so that the page never does; reachable by keyboard. */
function scrolling(content: HTMLElement, label: string): HTMLElement {
  content.className = 'scroll';
  content.tabIndex = 0;
  content.setAttribute('role', 'region');
  content.setAttribute('aria-label', label);
  return content;
}

/** The space-time diagram of a run or a replay. */
export function diagram(
  told: Told,
  options: { readonly title: string; readonly hues?: Readonly<Record<string, Hue>> },
): HTMLElement {
  return scrolling(elementOf(spaceTimeSvg(told, options)), options.title);
}

/** The story of a run or a replay, folded away. */
export function storyOf(told: Told, summary = 'The same as a story'): HTMLElement {
  const details = document.createElement('details');
  const heading = document.createElement('summary');
  heading.textContent = summary;
  const text = document.createElement('pre');
  text.textContent = story(told, { width: 80 });
  details.append(heading, text);
  return details;
}

/** What the processes of a commit protocol have decided: `commit`, `abort`, both, or nothing yet. */
export function decisionsOf({ end }: { readonly end: Run['end'] }): string {
  const { decided } = end.observed as { readonly decided: Readonly<Record<string, string>> };
  return [...new Set(Object.values(decided))].sort().join(' and ') || 'nothing yet';
}

type ChartSpec = Parameters<typeof chartSvg>[0];

/** A chart; `name` is what a screen reader says of it. */
export async function chart(spec: ChartSpec, name: string): Promise<HTMLElement> {
  return scrolling(elementOf(await chartSvg(spec, name)), name);
}

type Content = string | number | Node;

/** A table: the first row is its heading. */
export function table(rows: readonly (readonly Content[])[]): HTMLTableElement {
  const [heading = [], ...body] = rows;
  const shown = document.createElement('table');
  const head = shown.createTHead().insertRow();
  for (const content of heading) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    cell.append(contentOf(content));
    head.append(cell);
  }
  const into = shown.createTBody();
  for (const row of body) {
    const line = into.insertRow();
    for (const content of row) line.insertCell().append(contentOf(content));
  }
  return shown;
}

function contentOf(content: Content): string | Node {
  return typeof content === 'number' ? content.toLocaleString('en') : content;
}

/** A verdict in its colour. */
export function verdict(word: string): HTMLElement {
  const shown = document.createElement('span');
  shown.className = word;
  shown.textContent = word;
  return shown;
}

/** What a check answers: each property with its verdict, and how many states the answer rests upon. */
export function answer(result: CheckResult): HTMLElement {
  const shown = document.createElement('div');
  const rows = result.properties.map(({ name, verdict: word }): readonly Content[] => [
    name,
    verdict(word),
  ]);
  const states = document.createElement('p');
  const scope =
    result.scope === undefined ? '' : ` with at most ${crashesOf(result.scope.crashes)}`;
  states.textContent = `${result.distinct.toLocaleString('en')} distinct states${scope}, under ${result.timing ?? 'no'} timing${result.complete ? '' : '; not all of them were visited'}.`;
  shown.append(table([['property', 'verdict'], ...rows]), states);
  return shown;
}

const crashesOf = (count: number): string => (count === 1 ? '1 crash' : `${count} crashes`);
