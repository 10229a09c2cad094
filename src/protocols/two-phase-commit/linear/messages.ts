/** Messages and log records of linear two-phase commit. One transaction a system, so none carries its id. */

export type Message =
  /** A site to the next of the chain: I and all before me have voted yes. A no is an ABORT at once. */
  | { readonly type: 'VOTE' }
  /** The decision, passed on from neighbour to neighbour, or told to a site that has asked. */
  | { readonly type: 'COMMIT' }
  | { readonly type: 'ABORT' }
  /** A site in doubt to its neighbours, or to all under cooperative termination. */
  | { readonly type: 'INQUIRE' };

/** Records of a site. `commit` at the last site of the chain is the commit point. */
export type SiteRecord =
  | { readonly record: 'prepared' }
  | { readonly record: 'commit' }
  | { readonly record: 'abort' };
