/** A session as others take it: a run file, and what stories and diagrams are made of. */
import { type RunFile, stateDigest, viewOf } from '../model/index.ts';
import type { Replay } from '../simulator/index.ts';
import { judgementsOf } from './judgement.ts';
import { type ExplorerSession, here, isOnLoadedPath } from './session.ts';

/**
 * The path up to where the session stands, as a run file that `replay` reads. All of a loaded path is the
 * loaded file itself, with its seed and its times.
 */
export function saved(session: ExplorerSession): RunFile {
  const { instance, named, module, copies, loaded, path, position } = session;
  if (loaded !== undefined && isOnLoadedPath(session) && position === loaded.path.length - 1)
    return loaded.file;
  const { operations, workload } = loaded?.file.header ?? {};
  const violated = judgementsOf(session).find(({ status }) => status === 'violated');
  return {
    header: {
      counterpoint: 'run',
      version: 1,
      origin: 'explorer',
      system: named,
      parameters: instance.parameters,
      ...(operations === undefined ? {} : { operations }),
      ...(workload === undefined ? {} : { workload }),
      ...(violated === undefined ? {} : { property: violated.name }),
      ...(copies === undefined ? {} : { copies }),
      ...(module === undefined ? {} : { module }),
    },
    decisions: path.slice(1, position + 1).flatMap(({ entry }) => {
      if (entry === undefined) return [];
      const { atUs, decision } = entry;
      return [atUs === undefined ? { decision } : { atUs, decision }];
    }),
    footer: { state: stateDigest(instance, here(session).state) },
  };
}

/** The run file as it lies on a disk: JSON Lines. */
export function savedText(session: ExplorerSession): string {
  const { header, decisions, footer } = saved(session);
  return [header, ...decisions, footer].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The path so far as a replay: what a story is told of and a diagram drawn of. */
export function told(session: ExplorerSession): Replay {
  const { instance, start, path, position } = session;
  const end = viewOf(instance, here(session).state);
  return {
    system: instance.system.name,
    start,
    trace: path.slice(1, position + 1).flatMap(({ entry }) => entry ?? []),
    end,
    explanations: Object.fromEntries(
      instance.properties.flatMap((property) => {
        if (property.kind !== 'linearizable') return [];
        const { explanation } = property.judge(end);
        return explanation === undefined ? [] : [[property.name, explanation]];
      }),
    ),
    same: true,
    ending: undefined,
    violated: judgementsOf(session)
      .filter(({ status }) => status === 'violated')
      .map(({ name }) => name),
  };
}
