/** What the page may ask of a session: each action checks what it is given, and yields the next session. */
import { UserMistake } from '../model/index.ts';
import { randomOffer, ranOn } from './drive.ts';
import { stopWords } from './labels.ts';
import type { Offer } from './offers.ts';
import {
  applied,
  type ExplorerSession,
  jumped,
  redone,
  returned,
  type Settings,
  undone,
  withSettings,
} from './session.ts';

/** The next session, and a sentence where the page should say something about it. */
export interface Done {
  readonly session: ExplorerSession;
  readonly said?: string;
}

type Body = Readonly<Record<string, unknown>>;
type Action = (session: ExplorerSession, offers: readonly Offer[], body: Body) => Done;

export const actions: Readonly<Record<string, Action>> = {
  apply: (session, offers, { offer }) => {
    const chosen = typeof offer === 'number' ? offers[offer] : undefined;
    if (chosen === undefined)
      throw new UserMistake(
        `the offer is ${JSON.stringify(offer) ?? 'missing'}; it must be a whole number from 0 to ${offers.length - 1}`,
      );
    return { session: applied(session, chosen.decision) };
  },
  undo: (session) => ({ session: undone(session) }),
  redo: (session) => ({ session: redone(session) }),
  jump: (session, _, { step }) => ({ session: jumped(session, step as number) }),
  return: (session) => ({ session: returned(session) }),
  settings: (session, _, body) => ({ session: withSettings(session, settingsOf(body)) }),
  'run-on': (session) => {
    const { session: next, steps, stop } = ranOn(session);
    return { session: next, said: stopWords(stop, steps) };
  },
  random: (session) => {
    const offer = randomOffer(session);
    if (offer === undefined) return { session, said: 'Nothing can happen, so nothing was drawn.' };
    return { session: applied(session, offer.decision) };
  },
};

function settingsOf(body: Body): Partial<Settings> {
  const changed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const legal = Object.hasOwn(legalSettings, name) ? legalSettings[name] : undefined;
    if (legal === undefined) continue;
    if (!legal.test(value))
      throw new UserMistake(`${name} is ${JSON.stringify(value)}; it must be ${legal.words}`);
    changed[name] = value;
  }
  return changed as Partial<Settings>;
}

const isSwitch = { test: (value: unknown) => typeof value === 'boolean', words: 'true or false' };

const legalSettings: Readonly<
  Record<string, { readonly test: (value: unknown) => boolean; readonly words: string }>
> = {
  timing: {
    test: (value) => value === 'asynchronous' || value === 'synchronous',
    words: 'asynchronous or synchronous',
  },
  faults: isSwitch,
  limited: isSwitch,
  seed: {
    test: (value) =>
      (typeof value === 'number' && Number.isSafeInteger(value)) ||
      (typeof value === 'string' && value !== '' && value.length <= 100),
    words: 'a whole number or a text',
  },
};
