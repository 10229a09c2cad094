/** Orders as texts, so that a parameter can have them: `+s4`, `-s1`, `=s3,s4,s5` and `>s2`. */
import type { Address } from '../../model/effects.ts';
import { suggestion, UserMistake } from '../../model/errors.ts';
import type { Order } from './messages.ts';

/**
 * Orders one after the other from a text such as `+s4 -s1 =s3,s4,s5 >s2`: add s4, remove s1, replace all voters,
 * hand over to s2. With `s1:` before it only that server is asked, where servers are asked themselves.
 */
export function ordersFrom(text: string, servers: readonly Address[]): readonly Ordered[] {
  return text.trim().split(/\s+/).filter(Boolean).map(ordered);

  function ordered(word: string): Ordered {
    const [, at, sign, names = ''] = /^(?:(\w+):)?([-+=>])([\w,]+)$/.exec(word) ?? [];
    if (sign === undefined)
      throw new UserMistake(
        `the orders "${text}" have "${word}"; an order is +s4 to add a server, -s1 to remove one, =s3,s4,s5 to replace all voters, or >s2 to hand over, and s1:+s4 asks only s1`,
      );
    if (at !== undefined) known(at);
    const voters = names.split(',').map(known);
    if (sign !== '=' && voters.length > 1)
      throw new UserMistake(
        `the orders "${text}" have "${word}", which names ${voters.length} servers; add, remove or hand over to one at a time, or replace all voters by =${names}`,
      );
    if (new Set(voters).size < voters.length)
      throw new UserMistake(
        `the orders "${text}" have "${word}", which names a server twice; a voter votes once`,
      );
    return { at, order: orderOf(sign, voters) };
  }

  function known(name: string): Address {
    if (!servers.includes(name))
      throw new UserMistake(
        `the orders are "${text}", and there is no server "${name}"${suggestion(name, servers)}`,
      );
    return name;
  }
}

/** An order, and the only server that is asked, if it is said. */
export interface Ordered {
  readonly at: Address | undefined;
  readonly order: Order;
}

function orderOf(sign: string, voters: readonly Address[]): Order {
  const [server = ''] = voters;
  switch (sign) {
    case '+':
      return { kind: 'add', server };
    case '-':
      return { kind: 'remove', server };
    case '>':
      return { kind: 'transfer', to: server };
    default:
      return { kind: 'replace', voters };
  }
}
