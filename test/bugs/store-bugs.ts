/** Mistakes of replicated stores that only their clients see, each a small change of kv-multi-paxos. */
import { emit } from 'xstate';
import { send } from '../../src/index.ts';
import type { ServerContext, ServerEvent } from '../../src/protocols/multi-paxos/server-state.ts';

interface Step {
  readonly context: ServerContext;
  readonly event: ServerEvent;
}

interface Numbered {
  readonly command?: { readonly f: string; readonly key: string };
}

/** What a get asks for, in a session or without. */
function keyRead({ event }: Step): string | undefined {
  if (event.type !== 'REQUEST') return undefined;
  const { command } = event.command as Numbered;
  return command?.f === 'get' ? command.key : undefined;
}

/** The text under the key in the state of one server, behind its sessions. */
function textAt({ state }: ServerContext, key: string): string {
  const { state: texts } = state as { readonly state: Readonly<Record<string, string>> };
  return texts[key] ?? '';
}

const owner = ({ maxBal, servers }: ServerContext): string | undefined =>
  maxBal === 0 ? undefined : servers[(maxBal - 1) % servers.length];

/** Reads answered from the state of whoever `may` answer them, with nothing in the log. */
const localReads = (may: (context: ServerContext) => boolean) => ({
  provide: {
    server: {
      guards: {
        isApplied: (step: Step) => keyRead(step) !== undefined && may(step.context),
      },
      actions: {
        replyAgain: emit((({ context, event }: Step) =>
          send(event.type === 'REQUEST' ? event.from : [], {
            type: 'REPLY',
            command: event.type === 'REQUEST' ? event.command : null,
            result: textAt(context, keyRead({ context, event }) ?? ''),
          })) as never) as never,
      },
    },
  },
});

export const storeBugs = {
  /** A command that is sent again is executed again. */
  'no-sessions': { parameters: { sessions: false } },
  /** Any server answers a get, however far behind it is. */
  'reads-of-anybody': localReads(() => true),
  /** Whoever promised its own ballot last takes itself for the leader, also when others have another. */
  'reads-of-deposed-leader': localReads((context) => owner(context) === context.self),
  /** What is asked again is answered at once where it is under way: on the disk of the leader alone. */
  'acknowledged-alone': {
    provide: {
      server: {
        guards: {
          isApplied: ({ context: { votes, maxBal, log }, event }: Step) =>
            event.type === 'REQUEST' &&
            (event.command as Numbered).command !== undefined &&
            votes.some(
              ({ slot, ballot, command }) =>
                slot > log.length &&
                ballot === maxBal &&
                JSON.stringify(command) === JSON.stringify(event.command),
            ),
        },
        actions: {
          replyAgain: emit((({ event }: Step) =>
            send(event.type === 'REQUEST' ? event.from : [], {
              type: 'REPLY',
              command: event.type === 'REQUEST' ? event.command : null,
              result: null,
            })) as never) as never,
        },
      },
    },
  },
} as const;
