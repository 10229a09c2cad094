/** Parameters that are texts: the logs that servers begin with, and who stands in which term. */
import type { Address } from '../../model/effects.ts';
import { suggestion, UserMistake } from '../../model/errors.ts';
import type { Durable } from './durable.ts';
import type { Entry } from './messages.ts';

/**
 * What each server has on its disk at first, from logs written as terms: `1.1 - 1.2` for three servers, the
 * second one's empty. An entry such as `1=s1,s2` is a configuration, and `1=s1,s2/s2,s3` a joint one. All have
 * seen the highest term of any log.
 */
export function initialDisks(text: string, servers: number): readonly Durable[] {
  const empty: Durable = { term: 0, votedFor: null, log: [] };
  if (text.trim() === '') return Array.from({ length: servers }, () => empty);
  const words = text.trim().split(/\s+/);
  if (words.length !== servers)
    throw new UserMistake(
      `the logs "${text}" are ${words.length}, and there are ${servers} servers; write the terms of each server's entries, such as "1.1 - 1.2", with - for an empty log`,
    );
  const logs = words.map((word) => (word === '-' ? [] : word.split('.').map(entryOf)));
  const term = Math.max(0, ...logs.flat().map((entry) => entry.term));
  return logs.map((log) => ({ term, votedFor: null, log }));

  function entryOf(word: string, place: number, all: readonly string[]): Entry {
    const [ofTerm = '', sets] = word.split('=');
    const value = Number(ofTerm);
    if (!/^[1-9]\d*$/.test(ofTerm) || value < Number.parseInt(all[place - 1] ?? '1', 10))
      throw new UserMistake(
        `the logs "${text}": "${all.join('.')}" has an entry of term "${ofTerm}"; terms are whole numbers from 1 that never fall, such as "1.1.2"`,
      );
    if (sets === undefined) return { term: value, type: 'no-op' };
    const voters = sets.split('/').map((set) => set.split(',').map(known));
    return { term: value, type: 'configuration', voters, client: null, serial: 0 };
  }

  function known(name: string): Address {
    const names = Array.from({ length: servers }, (_, index) => `s${index + 1}`);
    if (!names.includes(name))
      throw new UserMistake(
        `the logs "${text}" have a configuration with "${name}", and there is no such server${suggestion(name, names)}`,
      );
    return name;
  }
}

/** Servers for each term from a text such as `s1 s2,s3 -`: s1, then s2 and s3, then nobody. */
export function namedServers(
  text: string,
  servers: readonly Address[],
): readonly (readonly Address[])[] {
  const words = text.trim().split(/\s+/).filter(Boolean);
  return words.map((word) => (word === '-' ? [] : word.split(',').map(known)));

  function known(name: string): Address {
    if (!servers.includes(name))
      throw new UserMistake(
        `those who stand are "${text}", and there is no server "${name}"${suggestion(name, servers)}`,
      );
    return name;
  }
}
