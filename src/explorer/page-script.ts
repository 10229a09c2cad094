/**
 * The script of the explorer's page, as a browser takes it: plain, without a framework or a build. It asks
 * the server for each step and draws what it answers; every word about the system comes from there.
 */
import { pageDrawing } from './page-drawing.ts';

const acting = String.raw`
var shown;
var busy = false;

function failed(sentence) { byId('error').textContent = sentence; }

function ask(path, body) {
  var options = body === undefined ? undefined : {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return fetch(path, options).then(function (response) {
    return response.json().then(function (answer) {
      if (response.ok) return answer;
      var error = new Error(answer.error);
      error.isStale = response.status === 409;
      throw error;
    });
  });
}

function act(name, given) {
  if (busy || shown === undefined) return;
  busy = true;
  document.body.setAttribute('aria-busy', 'true');
  ask('/' + name, Object.assign({ version: shown.version }, given)).then(
    function (answer) { draw(answer); failed(''); },
    function (error) {
      var sentence = error instanceof TypeError
        ? 'The explorer no longer answers; start it again and reload this page.'
        : error.message;
      failed(sentence);
      if (error.isStale) return ask('/state').then(draw);
    }
  ).finally(function () {
    busy = false;
    document.body.removeAttribute('aria-busy');
  });
}

function draw(answer) {
  var focused = document.activeElement && document.activeElement.getAttribute('data-key');
  var before = shown;
  shown = answer;
  drawAll(answer, before);
  if (!focused) return;
  // What had the focus was drawn anew; an offer that is gone leaves it to the list of offers.
  var again = document.querySelector('[data-key="' + CSS.escape(focused) + '"]');
  if (focused.indexOf('offer') === 0) again = byId('next-heading');
  if (again) again.focus({ preventScroll: true });
}

function on(id, what) { byId(id).addEventListener('click', what); }
on('first', function () { act('jump', { step: 0 }); });
on('undo', function () { act('undo'); });
on('redo', function () { act('redo'); });
on('last', function () { act('jump', { step: shown.last }); });
on('run-on', function () { act('run-on'); });
on('random', function () { act('random'); });
on('return', function () { act('return'); });
byId('timing').addEventListener('change', function (event) {
  act('settings', { timing: event.target.value });
});
['faults', 'limited'].forEach(function (name) {
  byId(name).addEventListener('change', function (event) {
    var given = {};
    given[name] = event.target.checked;
    act('settings', given);
  });
});
byId('seed').addEventListener('change', function (event) {
  var typed = event.target.value.trim();
  act('settings', { seed: /^-?\d{1,15}$/.test(typed) ? Number(typed) : typed });
});

document.addEventListener('keydown', function (event) {
  if (event.ctrlKey || event.metaKey || event.altKey || shown === undefined) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== 'checkbox') return;
  // What scrolls keeps its arrows.
  if (event.target.id === 'drawing' && event.key.indexOf('Arrow') === 0) return;
  var key = event.key.toLowerCase();
  if (key === 'arrowleft') act('undo');
  else if (key === 'arrowright') act('redo');
  else if (key === 'home') act('jump', { step: 0 });
  else if (key === 'end') act('jump', { step: shown.last });
  else if (key === 'o') act('run-on');
  else if (key === 'r') act('random');
  else if (key === 'n') byId('next-heading').focus();
  else if (/^[1-9]$/.test(key)) {
    var numbered = document.querySelectorAll('.offer[data-number="' + key + '"]')[0];
    if (numbered) act('apply', { offer: Number(numbered.getAttribute('data-offer')) });
  } else return;
  event.preventDefault();
});

ask('/state').then(draw, function (error) { failed(error.message); });
`;

export const pageScript = `'use strict';\n${pageDrawing}${acting}`;
