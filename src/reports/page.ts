/** The shell of a page: one file, no script, nothing loaded, readable in light, dark, narrow and print. */
import { element, escaped } from './markup.ts';
import { paletteCss } from './palette.ts';
import { type Told, telling } from './story.ts';

const css = `${paletteCss(':root')}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--cp-paper);color:var(--cp-ink);font:16px/1.55 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:break-word}
main{max-width:84rem;margin:0 auto;padding:1.5rem clamp(1rem,3vw,2.5rem) 3rem}
h1{font-size:clamp(1.7rem,4.5vw,2.6rem);line-height:1.15;margin:.6em 0 .5em;max-width:22em;text-wrap:balance}
h2{font-size:1.35rem;line-height:1.25;margin:2.6em 0 .5em}
h3{font-size:1.05rem;margin:1.4em 0 .4em}
p,.note,ul{max-width:46rem}
.lead{font-size:1.12rem}
.equal{border-left:4px solid var(--cp-green);padding:.1em 0 .1em .8em}
.unequal{border-left:4px solid var(--cp-red);padding:.1em 0 .1em .8em}
.note,figcaption,.when,footer{color:var(--cp-faint);font-size:.92rem}
figure{margin:1rem 0}
.pair{display:grid;grid-template-columns:minmax(0,1fr);gap:1.5rem 2.5rem}
@media (min-width:68rem){.pair{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
.scroll{overflow-x:auto;max-width:100%}
.scroll:focus-visible{outline:2px solid var(--cp-blue)}
.scroll .space-time{min-width:34rem;display:block}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(19rem,100%),1fr));gap:1rem 2rem;align-items:end}
figure .chart{display:block;width:100%;max-width:34rem}
table.wide{min-width:66rem}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.3em .9em .3em 0;border-bottom:1px solid var(--cp-line)}
th{font-weight:600}
td.number,th.number{text-align:right}
.story{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem .9rem;margin:.6rem 0;max-width:46rem;font-size:.95rem}
.story .when{text-align:right}
.story p{margin:0 0 .25rem}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;background:var(--cp-band);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
details{margin:.5rem 0}summary{cursor:pointer;color:var(--cp-blue)}
a{color:var(--cp-blue)}
.holds{color:var(--cp-green);font-weight:600}.violated{color:var(--cp-red);font-weight:600}.unknown{color:var(--cp-amber);font-weight:600}
@media print{table.wide{min-width:0}main{max-width:none;padding:0}details{display:block}figure,tr{break-inside:avoid}a{color:inherit}.scroll{overflow:visible}.scroll .space-time{min-width:0}}`;

/** A whole page around the markup of its body. */
export function page(title: string, body: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title>`,
    `<style>${css}</style>`,
    '</head>',
    `<body><main>${body}</main></body>`,
    '</html>',
    '',
  ].join('\n');
}

/** A paragraph; `markup` is markup already. */
export function paragraph(markup: string, className?: string): string {
  return element('p', { class: className }, markup);
}

export function code(text: string): string {
  return element('code', {}, escaped(text));
}

/** A figure with its caption, the command that makes it and its data. */
export function figure(content: string, caption: string): string {
  return `<figure>${content}<figcaption>${caption}</figcaption></figure>`;
}

/** Something wide that scrolls in itself, so that the page never does. */
export function scrolling(content: string, label: string): string {
  return element(
    'div',
    // A region that scrolls must be reachable by keyboard.
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label },
    content,
  );
}

export function details(summary: string, content: string): string {
  return `<details><summary>${escaped(summary)}</summary>${content}</details>`;
}

/** A link that saves the data from the page itself; it works from a file and without a network. */
export function dataLink(name: string, content: string, type = 'application/json'): string {
  const bytes = Buffer.from(content, 'utf8').toString('base64');
  const href = `data:${type};base64,${bytes}`;
  return element('a', { download: name, href }, escaped(name));
}

export interface Column<T> {
  readonly head: string;
  readonly isNumber?: boolean;
  /** Markup of the cell. */
  readonly cell: (row: T) => string;
}

/** `isWide` for a table with sentences in it, which on a narrow screen scrolls rather than crumbles. */
export function table<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  isWide = false,
): string {
  const heads = columns.map(({ head, isNumber }) =>
    element('th', { scope: 'col', class: isNumber === true ? 'number' : undefined }, escaped(head)),
  );
  const body = rows.map((row) => {
    const cells = columns.map(({ cell, isNumber }) =>
      element('td', { class: isNumber === true ? 'number' : undefined }, cell(row)),
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  const content = `<thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('')}</tbody>`;
  return element('table', { class: isWide ? 'wide' : undefined }, content);
}

/** A story laid out: times on the left, sentences on the right. */
export function storyMarkup(source: Told): string {
  const { opening, paragraphs, ending } = telling(source);
  const said = (sentences: readonly string[]): string =>
    // An arrow of two characters would be broken between lines.
    sentences.map((sentence) => `<p>${escaped(sentence.replaceAll('->', '→'))}</p>`).join('');
  const rows = paragraphs.map(
    ({ when, sentences }) =>
      `<div class="when">${escaped(when)}</div><div>${said(sentences)}</div>`,
  );
  // The first sentence names system and parameters, which the caption says too.
  return `${said(opening.slice(1))}<div class="story">${rows.join('')}</div>${said(ending)}`;
}
