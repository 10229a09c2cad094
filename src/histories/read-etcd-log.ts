/**
 * The logs of Jepsen runs against etcd, first published with ahorn/linearizability-checker and used by
 * porcupine: `INFO  jepsen.util - PROCESS<tab>:TYPE<tab>:F<tab>VALUE`.
 */
import { suggestion, UserMistake } from '../model/errors.ts';
import { readForms } from './edn.ts';
import { type Event, preconditionFailed } from './events.ts';

const logger = /^[A-Z]+\s+jepsen\.util\s+-\s+(.*)$/;
const line = /^(\S+)\s+:(\S+)\s+:(\S+)\s+(.+)$/;
const types = ['invoke', 'ok', 'fail', 'info'] as const;

export function isEtcdLog(firstLine: string): boolean {
  return /^[A-Z]+\s+jepsen\.\w+\s+-\s/.test(firstLine);
}

/** The event of one line; undefined for what other parts of Jepsen say. */
export function etcdEvent(text: string, number: number, source: string): Event | undefined {
  const refuse = (sentence: string): never => {
    throw new UserMistake(`${source} line ${number}: ${sentence}`);
  };
  if (/^[A-Z]+\s+jepsen\.(?!util\s)\S+\s+-/.test(text)) return undefined;
  const [, entry = ''] = logger.exec(text) ?? [];
  const [, process = '', type = '', f = '', written = ''] = line.exec(entry) ?? [];
  if (process === '')
    return refuse(
      `"${text.slice(0, 60)}" is no event; it must be INFO  jepsen.util - PROCESS :TYPE :F VALUE`,
    );
  if (process.startsWith(':')) return undefined;
  if (!/^\d+$/.test(process)) return refuse(`the process is "${process}"; it must be a number`);
  const known = types.find((one) => one === type);
  if (known === undefined) return refuse(`the type is :${type}${suggestion(type, types)}`);
  const [form, more] = readForms(written, source, number);
  if (form === undefined || more !== undefined) return refuse(`"${written}" is no value`);
  const event = { line: number, process: Number(process), type: known, f, value: form.value };
  // A cas of these logs fails because it compared, with the pair; a time-out instead of the pair would
  // be a failure to ask. A read that timed out is left out by its `fail`: any answer is possible.
  if (known === 'fail' && f === 'cas' && form.value !== ':timed-out')
    return { ...event, error: preconditionFailed };
  return event;
}
