/** The page of the explorer: what stands still on it. The script fills in the rest. */
import { element, escaped } from '../reports/markup.ts';

function button(id: string, text: string, title: string): string {
  return element('button', { type: 'button', id, title }, text);
}

function region(id: string, heading: string, content: string): string {
  return element(
    'section',
    { id, 'aria-labelledby': `${id}-heading` },
    `<h2 id="${id}-heading" tabindex="-1">${heading}</h2>${content}`,
  );
}

const walking = [
  button('first', 'Start', 'To the first state (Home)'),
  button('undo', '◀ Back', 'One step back (left arrow)'),
  button('redo', 'Forward ▶', 'One step forward again (right arrow)'),
  button('last', 'End', 'To the last state of this path (End)'),
].join('');

const driving = [
  button('run-on', 'Run on', 'Goes on without faults until nothing more goes by itself (O)'),
  button('random', 'Random step', 'One step drawn by the seed (R)'),
  '<label>seed <input id="seed" size="5" maxlength="100" autocomplete="off"></label>',
  '<a class="button" id="save" href="/run.jsonl" title="Saves the path so far; `replay` reads the file">Save run file</a>',
  button('return', 'Back to the file’s path', 'To where this path left the one of the file'),
].join('');

const switches = [
  '<label>timing <select id="timing"><option>asynchronous</option><option>synchronous</option></select></label>',
  '<label><input type="checkbox" id="faults"> show faults</label>',
  '<label><input type="checkbox" id="limited"> only within the scope <span class="faint" id="scope"></span></label>',
].join('');

const keys =
  '<p class="keys">Keys: <kbd>←</kbd> <kbd>→</kbd> back and forward, <kbd>Home</kbd> <kbd>End</kbd> ' +
  'first and last state, <kbd>1</kbd>–<kbd>9</kbd> take the step of that number, <kbd>O</kbd> run on, ' +
  '<kbd>R</kbd> random step, <kbd>N</kbd> to what can happen next.</p>';

/** The page as one HTML document; it loads its script and its style from the same server. */
export function pageHtml(system: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(system)} – explorer</title>
<link rel="stylesheet" href="/explorer.css">
<script src="/explorer.js" defer></script>
</head>
<body>
<header>
<h1>${escaped(system)}</h1>
<p class="faint" id="about"></p>
<p id="origin" hidden></p>
</header>
<div class="bar" role="toolbar" aria-label="Steps">
<div>${walking}<output id="position"></output></div>
<div>${driving}</div>
<div>${switches}</div>
</div>
<p id="ending" role="status"></p>
<p id="said" role="status"></p>
<p id="error" role="alert"></p>
<noscript>This page needs its script.</noscript>
<main>
${region('next', 'What can happen next', '<div id="offers"></div>')}
${region('state', 'The state', '<p id="cuts"></p><div id="nodes"></div><h3>On the way</h3><ul id="flight"></ul>')}
${region('path', 'The path so far', '<ol id="history"></ol>')}
${region('properties', 'Properties', '<ul id="judgements"></ul>')}
${region('story', 'The story so far', '<div id="telling"></div>')}
${region('diagram', 'Space-time diagram', '<div class="scroll" id="drawing" tabindex="0" role="region" aria-label="Diagram, scrolls"><img alt="" id="picture"></div>')}
</main>
<footer>${keys}</footer>
</body>
</html>
`;
}
