/** The properties of a run or a check as a table: what was asked, how, and the verdict. */
import type { PropertyVerdict } from '../index.ts';
import type { Io } from './io.ts';
import { paintVerdict, table } from './layout.ts';
import { kindWords, propertyNote } from './words.ts';

export function propertyTable(
  properties: readonly PropertyVerdict[],
  io: Pick<Io, 'width' | 'hasColour'>,
): string {
  return table(
    ['property', 'asked', 'verdict', ''],
    properties.map((property) => [
      property.name,
      kindWords(property.kind),
      paintVerdict(property.verdict, property.verdict, io.hasColour),
      propertyNote(property),
    ]),
    io,
  );
}
