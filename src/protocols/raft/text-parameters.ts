/** Parameters that are texts: the logs that servers begin with, and who stands in which term. */
import type { Address } from '../../model/effects.ts';
import { suggestion, UserMistake } from '../../model/errors.ts';
import type { Durable } from './durable.ts';

/**
 * What each server has on its disk at first, from logs written as terms: `1.1 - 1.2` for three servers, the
 * second one's empty. All have seen the highest term of any log.
 */
export function initialDisks(text: string, servers: number): readonly Durable[] {
  const empty: Durable = { term: 0, votedFor: null, log: [] };
  if (text.trim() === '') return Array.from({ length: servers }, () => empty);
  const words = text.trim().split(/\s+/);
  if (words.length !== servers)
    throw new UserMistake(
      `the logs "${text}" are ${words.length}, and there are ${servers} servers; write the terms of each server's entries, such as "1.1 - 1.2", with - for an empty log`,
    );
  const logs = words.map((word) => (word === '-' ? [] : word.split('.').map(termOfEntry)));
  const term = Math.max(0, ...logs.flat());
  return logs.map((terms) => ({
    term,
    votedFor: null,
    log: terms.map((of) => ({ term: of, type: 'no-op' as const })),
  }));

  function termOfEntry(word: string, place: number, all: readonly string[]): number {
    const value = Number(word);
    if (!/^[1-9]\d*$/.test(word) || value < Number(all[place - 1] ?? 1))
      throw new UserMistake(
        `the logs "${text}": "${all.join('.')}" has an entry of term "${word}"; terms are whole numbers from 1 that never fall, such as "1.1.2"`,
      );
    return value;
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
