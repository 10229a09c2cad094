/**
 * 6. A model of your own: a lock with fencing tokens, for recorded histories.
 *
 *     npm run -s counterpoint -- history locks.edn --model docs/examples/6-own-model.ts
 */
import { checkHistory, type Model, type Operation } from 'counterpoint/histories';

interface Lock {
  readonly holder: string | null;
  readonly token: number;
}

export const model: Model<Lock> = {
  name: 'lock',
  init: { holder: null, token: 0 },
  key: ({ key }) => key,
  step: (lock, { f, input, output }) => {
    const caller = String(input);
    if (f === 'release') return lock.holder === caller ? [{ ...lock, holder: null }] : [];
    const next = { holder: caller, token: lock.token + 1 };
    // A token that nobody knows, because no answer came, may have been any.
    return lock.holder === null && (output === undefined || output === next.token) ? [next] : [];
  },
  refuse: ({ f }) => (['acquire', 'release'].includes(f) ? undefined : `has no ${f}`),
};

// Two clients were given token 2, one after the other: the second time the lock forgot the first.
export const history: readonly Operation[] = [
  { process: 0, f: 'acquire', input: 'ann', output: 1, invoked: 0, returned: 10 },
  { process: 0, f: 'release', input: 'ann', invoked: 20, returned: 30 },
  { process: 1, f: 'acquire', input: 'bob', output: 2, invoked: 25, returned: 40 },
  { process: 0, f: 'acquire', input: 'ann', output: 2, invoked: 50, returned: 60 },
];

const { verdict, explanation } = checkHistory(history, model);
console.log(`${verdict}: ${explanation?.sentence}`);
