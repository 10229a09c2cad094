/** Messages and log records of tree two-phase commit. One transaction a system, so none carries its id. */
import type { Address } from '../../../model/effects.ts';

export type Message =
  /** Parent to child: vote, for all below you. */
  | { readonly type: 'PREPARE' }
  /** Child to parent: the vote of the whole subtree. */
  | { readonly type: 'VOTE'; readonly yes: boolean }
  /** The decision, from the parent, or from a site that was asked. */
  | { readonly type: 'COMMIT' }
  | { readonly type: 'ABORT' }
  /** Child to parent: the decision is on my disk. */
  | { readonly type: 'ACK' }
  /** A site in doubt to its parent, or to all under cooperative termination. */
  | { readonly type: 'INQUIRE' };

/** Records of a site. `commit` at the root is the commit point. */
export type SiteRecord =
  | { readonly record: 'prepared' }
  /** The decision, and the children who must acknowledge it. */
  | { readonly record: 'commit'; readonly notify: readonly Address[] }
  | { readonly record: 'abort'; readonly notify: readonly Address[] }
  /** All children have acknowledged; a leaf has none and writes none. */
  | { readonly record: 'end' };
