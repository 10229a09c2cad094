/**
 * A reader of the part of EDN (the notation of Clojure, https://github.com/edn-format/edn) that
 * histories are written in: nil, booleans, numbers, strings, keywords, vectors, lists, sets, maps,
 * comments, discarded forms and tags, which are skipped.
 *
 * A keyword becomes the string with its colon, `:append`; a map an object; vectors, lists and sets
 * arrays, a set in the order of its canonical texts.
 */
import { UserMistake } from '../model/errors.ts';
import { canonical, type PlainData } from '../model/plain-data.ts';

/** A form, and the line on which it starts. */
export interface Form {
  readonly value: PlainData;
  readonly line: number;
}

/** All forms of a text, one after the other. `source` is what mistakes call the text. */
export function readForms(text: string, source: string, firstLine = 1): readonly Form[] {
  const reader = new EdnReader(text, source, firstLine);
  const forms: Form[] = [];
  for (let form = reader.next(); form !== undefined; form = reader.next()) forms.push(form);
  return forms;
}

/** The forms inside a vector or list around the whole text, or the forms of the text, where none is. */
export function readElements(text: string, source: string): readonly Form[] {
  const reader = new EdnReader(text, source, 1);
  return reader.unwrapped();
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '#{': '}' };
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
  '/': '/',
};
/** Deeper than any history, and well within the stack. */
const deepest = 500;

class EdnReader {
  readonly #text: string;
  readonly #source: string;
  #at = 0;
  #line: number;
  #depth = 0;

  constructor(text: string, source: string, firstLine: number) {
    this.#text = text;
    this.#source = source;
    this.#line = firstLine;
  }

  /** The next form, or undefined at the end. */
  next(): Form | undefined {
    this.#skip();
    if (this.#at >= this.#text.length) return undefined;
    const line = this.#line;
    return { value: this.#form(), line };
  }

  unwrapped(): readonly Form[] {
    this.#skip();
    const open = this.#text[this.#at];
    const forms: Form[] = [];
    if (open !== '[' && open !== '(') {
      for (let form = this.next(); form !== undefined; form = this.next()) forms.push(form);
      return forms;
    }
    this.#at++;
    this.#until(closing[open] as string, () => forms.push(this.next() as Form));
    const after = this.next();
    if (after !== undefined)
      this.#refuse(`${short(canonical(after.value))} follows the end of the history`, after.line);
    return forms;
  }

  #form(): PlainData {
    if (++this.#depth > deepest) this.#refuse(`it nests more than ${deepest} deep`);
    try {
      return this.#undepthed();
    } finally {
      this.#depth--;
    }
  }

  #undepthed(): PlainData {
    const sign = this.#text[this.#at] as string;
    if (sign === '"') return this.#string();
    if (sign === '(' || sign === '[') return this.#list(sign);
    if (sign === '{') return this.#map();
    if (sign === '#') return this.#dispatched();
    if (sign === ')' || sign === ']' || sign === '}')
      return this.#refuse(`"${sign}" closes nothing`);
    return this.#atom();
  }

  #list(open: string): PlainData[] {
    this.#at += open.length;
    const values: PlainData[] = [];
    this.#until(closing[open] as string, () => values.push(this.#form()));
    return values;
  }

  #map(): PlainData {
    const start = this.#line;
    const values = this.#list('{');
    if (values.length % 2 === 1) this.#refuse('a map has a key without a value', start);
    const entries: [string, PlainData][] = [];
    const seen = new Set<string>();
    for (let i = 0; i < values.length; i += 2) {
      const key = values[i];
      const name = typeof key === 'string' ? key : canonical(key);
      if (seen.has(name)) this.#refuse(`a map has the key ${name} twice`, start);
      seen.add(name);
      entries.push([name, values[i + 1]]);
    }
    return Object.fromEntries(entries);
  }

  /** `#{...}` is a set, `#_form` is left out (in {@link #skip}), `#tag form` is the form. */
  #dispatched(): PlainData {
    if (this.#text[this.#at + 1] === '{')
      return this.#list('#{').sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
    const tag = /#[A-Za-z][\w.*+!?$%&=<>/-]*/y;
    tag.lastIndex = this.#at;
    const found = tag.exec(this.#text)?.[0];
    if (found === undefined)
      return this.#refuse(`"${this.#text.slice(this.#at, this.#at + 2)}" starts nothing`);
    this.#at += found.length;
    this.#skip();
    if (this.#at >= this.#text.length) return this.#refuse(`nothing follows the tag ${found}`);
    return this.#form();
  }

  #string(): string {
    const start = this.#line;
    let value = '';
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const sign = this.#text[at] as string;
      if (sign === '"') {
        this.#at = at + 1;
        return value;
      }
      if (sign === '\n') this.#line++;
      if (sign !== '\\') {
        value += sign;
        continue;
      }
      const escaped = this.#text[++at] ?? '';
      const code = /^[0-9a-fA-F]{4}$/.exec(this.#text.slice(at + 1, at + 5))?.[0];
      if (escaped === 'u' && code !== undefined) {
        value += String.fromCharCode(Number.parseInt(code, 16));
        at += 4;
      } else
        value += escapes[escaped] ?? this.#refuse(`a text has the unknown escape \\${escaped}`);
    }
    return this.#refuse('a text has no end', start);
  }

  #atom(): PlainData {
    const atom = /[^\s,()[\]{}"';]+/y;
    atom.lastIndex = this.#at;
    const word = atom.exec(this.#text)?.[0] ?? (this.#text[this.#at] as string);
    this.#at += word.length;
    if (word === 'nil') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    if (/^:[^:]/.test(word)) return word;
    if (!/^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?[NM]?$/.test(word))
      return this.#refuse(
        `${short(word)} is no value; it must be nil, a number, a "text", a :keyword, [...], (...) or {...}`,
      );
    const number = Number(word.replace(/[NM]$/, ''));
    if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number)))
      return this.#refuse(`${short(word)} is beyond 2^53 and would lose digits`);
    return number;
  }

  /** Reads to that closing sign; `inner` is called at the start of each form. */
  #until(close: string, inner: () => void): void {
    const start = this.#line;
    while (true) {
      this.#skip();
      if (this.#at >= this.#text.length)
        this.#refuse(`"${close}" is missing; the file may be cut off`, start);
      if (this.#text[this.#at] === close) break;
      inner();
    }
    this.#at++;
  }

  /** Blanks, commas, comments and discarded forms. */
  #skip(): void {
    while (this.#at < this.#text.length) {
      const sign = this.#text[this.#at] as string;
      if (sign === '\n') this.#line++;
      if (sign === ';') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (sign === '#' && this.#text[this.#at + 1] === '_') {
        this.#at += 2;
        this.#skip();
        if (this.#at >= this.#text.length) this.#refuse('nothing follows #_');
        this.#form();
      } else if (/[\s,\uFEFF]/.test(sign)) this.#at++;
      else return;
    }
  }

  #refuse(sentence: string, line = this.#line): never {
    throw new UserMistake(`${this.#source} line ${line}: ${sentence}`);
  }
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
