/** The half of the page's script that draws: from the server's answer to elements, text as text only. */
export const pageDrawing = `
function byId(id) { return document.getElementById(id); }

/** An element with attributes and children; texts become text nodes, so nothing is ever markup. */
function el(name, attributes, children) {
  var made = document.createElement(name);
  Object.keys(attributes || {}).forEach(function (key) {
    if (attributes[key] !== undefined) made.setAttribute(key, attributes[key]);
  });
  (children || []).forEach(function (child) {
    if (child !== undefined && child !== '') made.append(child);
  });
  return made;
}

function fill(id, children) { byId(id).replaceChildren.apply(byId(id), children); }

/** Which details a person has opened or closed, so that drawing anew leaves them as they are. */
var opened = {};
function foldable(key, attributes, isOpen, summary, children) {
  var made = el('details', attributes, [el('summary', { 'data-key': key }, [summary])].concat(children));
  made.open = key in opened ? opened[key] : isOpen;
  made.addEventListener('toggle', function () { opened[key] = made.open; });
  return made;
}

function drawAll(now, before) {
  drawBar(now);
  drawOrigin(now);
  drawOffers(now);
  fill('nodes', now.nodes.map(nodeCard));
  byId('cuts').textContent = now.cuts === '' ? '' : 'The network is cut: ' + now.cuts;
  fill('flight', now.flight.length === 0 ? [el('li', { class: 'faint' }, ['no messages'])] : now.flight.map(inFlight));
  drawHistory(now);
  fill('judgements', now.properties.length === 0
    ? [el('li', { class: 'faint' }, ['The system declares none.'])] : now.properties.map(judgement));
  drawStory(now);
  if (before === undefined || before.version !== now.version) drawPicture(now);
}

function drawBar(now) {
  byId('about').textContent = [now.description].concat(now.parameters.join(', ')).filter(Boolean).join(' – ');
  byId('position').textContent = 'step ' + now.position + ' of ' + now.last;
  byId('undo').disabled = byId('first').disabled = now.position === 0;
  byId('redo').disabled = byId('last').disabled = now.position === now.last;
  byId('timing').value = now.settings.timing;
  byId('faults').checked = now.settings.faults;
  byId('limited').checked = now.settings.limited;
  byId('seed').value = now.settings.seed;
  byId('scope').textContent = '(' + now.scope + ')';
  var broken = now.properties.filter(function (one) { return one.isViolatedNow && one.status === 'violated'; });
  byId('ending').setAttribute('data-kind', broken.length > 0 ? 'violated' : now.ending.kind);
  byId('ending').textContent = broken.length === 0 ? now.ending.words
    : 'Violated: ' + broken.map(function (one) { return one.name; }).join(', ') + '. ' + now.ending.words;
  byId('said').textContent = now.said;
}

function drawOrigin(now) {
  var origin = now.origin;
  byId('origin').hidden = origin === undefined;
  byId('return').hidden = origin === undefined || origin.isOnPath;
  if (origin === undefined) return;
  var what = origin.kind === 'run' ? 'a recorded run' : origin.kind === 'fuzz' ? 'a run found by fuzzing' : origin.kind === 'explorer' ? 'a path saved earlier' : 'a counterexample';
  var words = 'On the path of ' + what + (origin.property ? ' to “' + origin.property + '”' : '') + ' of ' + origin.decisions + ' decisions. Forward ▶ walks along it; any other choice leaves it.';
  if (!origin.isOnPath) words = 'This path has left that of the file after step ' + origin.leftAt + '.';
  if (origin.loopsFrom !== undefined) words += ' Its cycle begins with step ' + (origin.loopsFrom + 1) + ': after the last step everything repeats from there, for ever.';
  byId('origin').textContent = words;
}

function drawOffers(now) {
  var number = 0;
  var drawn = [];
  var parted = false;
  now.offers.forEach(function (group) {
    if (group.nature === 'fault' && !parted) {
      parted = true;
      drawn.push(el('p', { class: 'parting' }, ['Faults: what could go wrong here']));
    }
    var items = group.offers.map(function (offer) {
      var shortcut = group.nature !== 'fault' && number < 9 ? String(++number) : undefined;
      return el('li', {}, [offerButton(offer, shortcut)]);
    });
    var list = el('ul', {}, items);
    var attributes = { class: 'group ' + group.nature, 'data-kind': group.kind };
    if (group.nature === 'fault') {
      var isOpen = group.offers.length <= 4;
      var few = group.kind === 'cut' && now.fewCuts ? [el('p', { class: 'faint' }, ['Of many partitions only those of one node are listed.'])] : [];
      drawn.push(foldable('group ' + group.kind, attributes, isOpen, group.heading + ' (' + group.offers.length + ')', few.concat(list)));
    } else drawn.push(el('div', attributes, [el('h3', {}, [group.heading]), list]));
  });
  if (drawn.length === 0) drawn.push(el('p', {}, ['Nothing can happen here.']));
  else if (number === 0) drawn.unshift(el('p', {}, ['Nothing goes on by itself here.']));
  fill('offers', drawn);
}

function offerButton(offer, shortcut) {
  var made = el('button', {
    type: 'button', class: offer.isAhead ? 'offer ahead' : 'offer',
    'data-offer': offer.index, 'data-key': 'offer ' + offer.index, 'data-number': shortcut,
  }, [
    shortcut === undefined ? '' : el('kbd', { class: 'number', 'aria-hidden': 'true' }, [shortcut]),
    offer.label,
    offer.does === '' ? '' : el('span', { class: 'does' }, [offer.does]),
    offer.isAhead ? el('span', { class: 'ahead-word' }, [offer.isRecorded ? 'next on the path of the file' : 'next on this path']) : '',
  ]);
  made.addEventListener('click', function () { act('apply', { offer: offer.index }); });
  return made;
}

var statusWords = { up: 'up', down: 'down', waiting: 'waiting for its disk' };

function nodeCard(node) {
  var parts = [el('h3', {}, [el('span', {}, [node.id]), el('span', { class: 'badge ' + node.status }, [statusWords[node.status]])])];
  if (node.unreachable.length > 0) parts.push(el('p', { class: 'obstacle' }, ['cut off from ' + node.unreachable.join(', ')]));
  node.processes.forEach(function (one) {
    if (one.address !== node.id) parts.push(el('p', { class: 'faint' }, [one.address]));
    parts.push(el('p', { class: 'value' }, [one.state + (one.isFinal ? ' (ended)' : '')]));
    one.timers.forEach(function (timer) { parts.push(el('p', {}, ['timer ' + timer.name + ' ', el('span', { class: 'faint' }, ['(' + timer.after + ')'])])); });
    if (one.operation !== '') parts.push(el('p', {}, ['to be asked: ' + one.operation]));
    if (one.context !== '') parts.push(foldable('context ' + one.address, {}, false, 'context', [el('pre', {}, [one.context])]));
  });
  if (node.log.length > 0) {
    parts.push(el('p', { class: 'faint' }, ['log' + (node.writes > 0 ? ', a forced write is under way' : '')]));
    parts.push(el('ul', { class: 'log' }, node.log.map(function (record) {
      var whose = record.process === '' ? '' : record.process + ': ';
      return el('li', {}, [(record.isDurable ? '■ ' : '□ ') + whose + record.words, el('span', { class: 'faint' }, [record.isDurable ? ' durable' : ' not durable yet'])]);
    })));
  }
  return el('article', { class: 'node ' + node.status + (node.hasChanged ? ' changed' : ''), 'data-node': node.id, 'aria-label': node.id }, parts);
}

function inFlight(one) {
  return el('li', {}, [
    one.from + ' → ' + one.to + ': ' + one.message + (one.copies > 1 ? ' × ' + one.copies : ''),
    one.obstacle === '' ? '' : el('span', { class: 'obstacle' }, [' – ' + one.obstacle]),
  ]);
}

function drawHistory(now) {
  var items = [historyItem(now, { step: 0, label: 'the first state', at: '', nature: 'step', marks: [] })];
  now.history.forEach(function (one) {
    if (one.beginsCycle) items.push(el('li', { class: 'cycle' }, ['↻ the cycle begins here']));
    items.push(historyItem(now, one));
  });
  fill('history', items);
  var current = byId('history').querySelector('.here');
  // Not scrollIntoView: that would move the whole page.
  if (current) byId('history').scrollTop = current.offsetTop - byId('history').offsetTop - byId('history').clientHeight / 2;
}

function historyItem(now, one) {
  var place = one.step === now.position ? 'here' : one.step > now.position ? 'later' : 'past';
  var made = el('button', { type: 'button', 'data-key': 'step ' + one.step, 'aria-current': place === 'here' ? 'step' : undefined }, [
    el('span', { class: 'number' }, [String(one.step)]), one.label,
    one.at === '' ? '' : el('span', { class: 'faint time' }, [' ' + one.at]),
    one.marks.length === 0 ? '' : el('span', { class: 'marks' }, ['⚑ ' + one.marks.join(', ')]),
  ]);
  made.addEventListener('click', function () { act('jump', { step: one.step }); });
  return el('li', { class: place + ' ' + one.nature }, [made]);
}

function judgement(one) {
  var word = one.status === 'open' ? 'open' : one.status;
  if (one.status === 'violated') word = one.isViolatedNow ? 'violated' : 'was violated';
  if (one.status === 'holds') word = one.kind === 'reachable' ? 'reached' : one.exercised ? 'holds' : 'holds, unexercised';
  return el('li', { 'data-property': one.name, title: one.description }, [
    one.name + ': ', el('span', { class: 'status ' + (one.exercised ? one.status.replace(' ', '-') : 'open') }, [word]),
    el('span', { class: 'note' }, [one.note]),
  ]);
}

function drawStory(now) {
  var parts = now.story.opening.map(function (sentence) { return el('p', {}, [sentence]); });
  now.story.paragraphs.forEach(function (one) {
    parts.push(el('div', { class: 'moment' }, [
      el('div', { class: 'when' }, [one.when]),
      el('div', {}, one.sentences.map(function (sentence) { return el('p', {}, [sentence]); })),
    ]));
  });
  fill('telling', parts);
  byId('telling').scrollTop = byId('telling').scrollHeight;
}

function drawPicture(now) {
  var picture = byId('picture');
  picture.className = now.nodes.length > 6 ? 'broad' : '';
  picture.alt = 'Space-time diagram of the path so far; the story tells the same in words.';
  picture.onload = function () { byId('drawing').scrollTop = byId('drawing').scrollHeight; };
  picture.src = '/diagram.svg?version=' + now.version;
}
`;
