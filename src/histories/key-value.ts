/** The key-value store with append: the object of the laboratories of MIT 6.824 and of porcupine. */
import { canonical } from '../model/plain-data.ts';
import { type Model, refuseUnknown } from './model.ts';

/** `get` answers the text under a key, `put` replaces it, `append` adds to its end; initially "". */
export const kv: Model<string> = {
  name: 'kv',
  init: '',
  key: ({ key }) => key,
  step: (text, { f, input, output }) => {
    if (f === 'put') return [String(input)];
    if (f === 'append') return [text + String(input)];
    return output === undefined || output === text ? [text] : [];
  },
  refuse: ({ f, key, input, output }) => {
    const unknown = refuseUnknown(f, ['get', 'put', 'append']);
    if (unknown !== undefined) return unknown;
    if (key === undefined) return `needs a key for every ${f}`;
    if (f !== 'get' && typeof input !== 'string')
      return `takes a text in ${f === 'put' ? 'a put' : 'an append'}, not ${canonical(input)}`;
    if (f === 'get' && output !== undefined && typeof output !== 'string')
      return `answers a get with a text, not ${canonical(output)}; a key without a value holds ""`;
    return undefined;
  },
};
