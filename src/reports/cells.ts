/** Cells: what a report found, beside the claim it is compared with. */

export interface Cell {
  /** The table or figure the cell belongs to. */
  readonly figure: string;
  readonly what: string;
  readonly claim: string;
  /** Where the claim comes from. */
  readonly source: string;
  /** `no data` where a run or check gave no answer. */
  readonly found: string;
  readonly isEqual: boolean;
}

/** A cell; what was not found is not equal to anything. */
export function cell(
  figure: string,
  what: string,
  claim: string | number,
  source: string,
  found: string | number | undefined,
): Cell {
  return {
    figure,
    what,
    claim: String(claim),
    source,
    found: found === undefined ? 'no data' : String(found),
    isEqual: found !== undefined && String(found) === String(claim),
  };
}

/** A cell whose claim is a range, a curve or a value with a tolerance: who measured says whether it is met. */
export function toleratedCell(
  figure: string,
  what: string,
  claim: string,
  source: string,
  found: string,
  isEqual: boolean,
): Cell {
  return { figure, what, claim, source, found, isEqual };
}

/** `45,523`. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
