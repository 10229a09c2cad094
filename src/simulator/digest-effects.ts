/** How effects enter the digest of a run: by what they are, cheaply, since every event pays for it. */
import type { Digest } from '../model/digest.ts';
import type { Executed } from '../model/node.ts';

export function digestEffect(digest: Digest, effect: Executed): void {
  switch (effect.type) {
    case 'step':
      digest.text(effect.process);
      digest.text(effect.event.type);
      digest.data(effect.after);
      return;
    case 'send':
      digest.text(effect.envelope.from);
      digest.text(effect.envelope.to);
      digest.data(effect.envelope.message);
      return;
    case 'local':
      digest.text(effect.to);
      digest.data(effect.message);
      return;
    case 'write':
      digest.text(effect.durability);
      digest.data(effect.record);
      return;
    case 'replace':
      digest.data(effect.records);
      return;
    case 'mark':
      digest.text(effect.name);
      digest.data(effect.data);
      return;
    case 'arm':
      digest.text(effect.timer.id);
      return;
    case 'cancel':
      digest.text(effect.timer);
      return;
    case 'start':
    case 'stop':
    case 'durable':
    case 'failed':
      digest.text(effect.process);
  }
}
