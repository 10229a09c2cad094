/** Tree two-phase commit. */
export { site as treeSite } from './site.ts';
export { treeCommit } from './system.ts';
