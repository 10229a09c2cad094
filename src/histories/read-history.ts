/** Reads a recorded history in any of the formats, told apart by how they begin. */
import { UserMistake } from '../model/errors.ts';
import { readElements } from './edn.ts';
import { type Event, type History, operationsOf } from './events.ts';
import { readJsonMaps } from './json-maps.ts';
import { etcdEvent, isEtcdLog } from './read-etcd-log.ts';
import { eventOf } from './read-maps.ts';

/**
 * `readHistory(text).operations`: what clients did, ready for `checkHistory`.
 *
 * Formats: porcupine's etcd logs; EDN maps, one a line or in a vector or list (Jepsen, knossos, elle,
 * porcupine's key-value histories); the same maps in JSON. `source` is what mistakes call the text; they
 * are {@link UserMistake}s with the line and the value.
 */
export function readHistory(text: string, source = 'the history'): History {
  const format = formatOf(text, source);
  const events = present(
    format === 'etcd-log'
      ? text
          .split('\n')
          .map((one) => one.trim())
          .map((one, index) => (one === '' ? undefined : etcdEvent(one, index + 1, source)))
      : (format === 'edn' ? readElements : readJsonMaps)(text, source).map((form) =>
          eventOf(form, source),
        ),
  );
  if (!events.some(({ type }) => type === 'invoke'))
    throw new UserMistake(
      `${source} has no operation of a client; there must be at least one map with :type :invoke and a number as :process`,
    );
  return operationsOf(events, format, source);
}

function present(events: readonly (Event | undefined)[]): readonly Event[] {
  return events.filter((event) => event !== undefined);
}

function formatOf(text: string, source: string): History['format'] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const begins = lines.find((line) => !/^\s*(;.*)?$/.test(line))?.trim();
  if (begins === undefined)
    throw new UserMistake(`${source} is empty; it must hold a history (etcd log, EDN or JSON)`);
  if (isEtcdLog(begins)) return 'etcd-log';
  // The first key of the first map tells: "process" in JSON, :process in EDN.
  const opening = /^[\s,[(]*\{?\s*(\S)/.exec(text.slice(text.indexOf(begins)))?.[1] ?? '';
  if (/^[[({#]/.test(begins)) return opening === '"' ? 'json' : 'edn';
  throw new UserMistake(
    `${source} starts with "${begins.slice(0, 40)}", which is no known format: an etcd log (INFO  jepsen.util - ...), EDN maps ({:process 0, ...}) or the same maps in JSON`,
  );
}
