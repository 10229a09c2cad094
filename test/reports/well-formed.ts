/** Whether a text is well-formed XML: tags nest, attributes are quoted once each, text is escaped. */
import { expect } from 'vitest';

export function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(/<([/]?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, (...match) => {
    const [, closing, name, attributes, selfClosing] = match as unknown as string[];
    if (closing === '/') expect(open.pop(), `</${name}>`).toBe(name);
    else if (selfClosing !== '/') open.push(name ?? '');
    const keys = [...(attributes ?? '').matchAll(/([\w:-]+)="/g)].map(([, key]) => key);
    expect(new Set(keys).size, `attributes of ${name}: ${attributes}`).toBe(keys.length);
    return '';
  });
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<]|&(?!amp;|lt;|gt;|quot;|#)/);
}
