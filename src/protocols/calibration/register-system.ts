/** The register models but for their servers: clients, network, history and what is asked of it. */
import { linearizable } from '../../histories/linearizable.ts';
import { register } from '../../histories/register.ts';
import { integer, type Parameter } from '../../model/parameters.ts';
import { type Process, replicate } from '../../model/process.ts';
import { defineSystem } from '../../model/system.ts';
import type { ProcessView } from '../../model/view.ts';
import { registerClients, registerNetwork, registerScope } from './register-clients.ts';

/** Where a server stands: its number from 0, its name, and the names of the others. */
export interface RegisterServer {
  readonly id: number;
  readonly name: string;
  readonly others: readonly string[];
}

export interface RegisterSystemOptions {
  readonly name: string;
  readonly description: string;
  readonly servers: Parameter<number>;
  readonly server: (place: RegisterServer) => Process;
  /** What the clients reach in some execution, so that the model is known to do its work. */
  readonly reaches: {
    readonly name: string;
    readonly holds: (clients: readonly ProcessView[]) => boolean;
  };
}

export const allHaveFinished: RegisterSystemOptions['reaches'] = {
  name: 'all have finished',
  holds: (clients) => clients.every((client) => client.in('finished')),
};

export function registerSystem({
  name,
  description,
  servers: count,
  server,
  reaches,
}: RegisterSystemOptions) {
  return defineSystem({
    name,
    description,
    parameters: { servers: count, clients: integer(2, { min: 1, max: 4 }) },
    nodes: ({ servers, clients }) => {
      const names = Array.from({ length: servers }, (_, i) => `server${i + 1}`);
      return {
        ...replicate('server', servers, (own, index) =>
          server({ id: index - 1, name: own, others: names.filter((other) => other !== own) }),
        ),
        ...registerClients(clients, names),
      };
    },
    network: registerNetwork,
    scope: registerScope,
    properties: ({ reachable }) => [
      linearizable('linearizable', {
        model: register,
        description: 'The clients’ history is that of one register.',
      }),
      reachable(reaches.name, ({ all }) =>
        reaches.holds(all.filter(({ address }) => address.startsWith('client'))),
      ),
    ],
  });
}
