/** How much of a random test is run: a part of it in `npm test`, all of it in the deep suite. */
export const isDeep = process.env.COUNTERPOINT_DEEP === '1';

/** So many in the deep suite, and fewer in `npm test`, where the whole must be done within minutes. */
export const sized = (all: number, fewer: number): number => (isDeep ? all : fewer);
