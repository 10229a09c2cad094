/** JSON histories: one list of maps, or one map after the other; each with the line it starts on. */
import { UserMistake } from '../model/errors.ts';
import type { PlainData } from '../model/plain-data.ts';
import type { Form } from './edn.ts';

/** The maps of the text, cut apart by their braces, so that a mistake can name the line. */
export function readJsonMaps(text: string, source: string): readonly Form[] {
  const forms: Form[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const sign = text[at] as string;
    if (sign === '\n') line++;
    if (sign !== '{') {
      // Between maps stand blanks, commas and the brackets of the list.
      if (!/[\s,[\]\uFEFF]/.test(sign))
        throw new UserMistake(
          `${source} line ${line}: "${restOfLine(text, at)}" is no operation; a JSON history is a list of maps such as {"process":0,"type":"invoke","f":"read","value":null}`,
        );
      at++;
      continue;
    }
    const end = endOfMap(text, at);
    const map = text.slice(at, end);
    forms.push({ value: parsed(map, `${source} line ${line}`), line });
    line += map.split('\n').length - 1;
    at = end;
  }
  return forms;
}

/** Behind the brace that closes the one at `start`; the end of the text if none does. */
function endOfMap(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (inString) {
      if (sign === '\\') at++;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === '{') depth++;
    else if (sign === '}' && --depth === 0) return at + 1;
  }
  return text.length;
}

function parsed(map: string, where: string): PlainData {
  try {
    return JSON.parse(map) as PlainData;
  } catch {
    throw new UserMistake(`${where}: "${restOfLine(map, 0)}" is no JSON`);
  }
}

function restOfLine(text: string, at: number): string {
  const line = text.slice(at).split('\n', 1)[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
