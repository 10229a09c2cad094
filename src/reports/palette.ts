/**
 * Colours, as CSS custom properties with a light and a dark value. A hue keeps one meaning in every
 * picture of a page; every coloured thing carries a word or a shape too.
 */

/** The hues that states, series and bands may have. */
export const hues = ['slate', 'blue', 'amber', 'green', 'red', 'violet', 'teal', 'pink'] as const;
export type Hue = (typeof hues)[number];

/** The colours of atomic commitment: who is in doubt is amber wherever it is drawn. */
export const commitmentHues: Readonly<Record<string, Hue>> = {
  idle: 'slate',
  working: 'slate',
  voting: 'blue',
  collecting: 'blue',
  prepared: 'amber',
  uncertain: 'amber',
  committable: 'teal',
  preCommitting: 'teal',
  recovering: 'violet',
  committing: 'green',
  committed: 'green',
  aborting: 'red',
  aborted: 'red',
  presuming: 'red',
  forgotten: 'teal',
};

const light: Readonly<Record<string, string>> = {
  ink: '#1d2430',
  faint: '#5b6675',
  line: '#c9d0d9',
  paper: '#ffffff',
  band: '#eceff3',
  slate: '#6b7685',
  blue: '#1f6fb8',
  amber: '#b86e00',
  green: '#1a7f4b',
  red: '#c0392b',
  violet: '#7a4fc0',
  teal: '#0f7f86',
  pink: '#b83d83',
};

const dark: Readonly<Record<string, string>> = {
  ink: '#e7ebf0',
  faint: '#a3adba',
  line: '#3b4552',
  paper: '#12161c',
  band: '#1d232c',
  slate: '#9aa5b4',
  blue: '#6cb2f2',
  amber: '#f0ad3e',
  green: '#55c98c',
  red: '#ff8577',
  violet: '#b99af0',
  teal: '#4cc4cb',
  pink: '#f08fc4',
};

/** `var(--cp-amber)`: a colour for an attribute or a style. */
export function colour(name: Hue | 'ink' | 'faint' | 'line' | 'paper' | 'band'): string {
  return `var(--cp-${name})`;
}

/** The style rules that give the colours their values under a selector, light and dark. */
export function paletteCss(selector: string): string {
  const set = (values: Readonly<Record<string, string>>): string =>
    Object.entries(values)
      .map(([name, value]) => `--cp-${name}:${value}`)
      .join(';');
  return `${selector}{${set(light)}}@media (prefers-color-scheme:dark){${selector}{${set(dark)}}}@media print{${selector}{${set(light)}}}`;
}
