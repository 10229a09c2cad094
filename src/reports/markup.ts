/** Writing SVG and HTML as text: escaping in one place, so that no name can break out of its element. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text content or an attribute's value. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** An element; `content` is markup already. Numbers are written with two decimals at most. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const text = typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;
      return ` ${key}="${escaped(text ?? '')}"`;
    })
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** The width of a text in px, on the safe side for the sans-serif fonts of the common systems. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) {
    if (/[mwMW@%→…×]/u.test(character)) ems += 0.98;
    else if (/[A-Z]/u.test(character)) ems += 0.7;
    else if (/[iljtfr.,:;|'() ]/u.test(character)) ems += 0.4;
    else ems += 0.63;
  }
  return ems * fontSize;
}

/** Breaks a text into lines of at most so many px. */
export function brokenInto(text: string, fontSize: number, widthPx: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, fontSize) > widthPx) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
