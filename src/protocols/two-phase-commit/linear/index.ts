/** Linear two-phase commit. */

export { site as chainSite } from './site.ts';
export { linearCommit } from './system.ts';
