/*
 * Two-phase commit as Gray and Lamport specify it (TwoPhase.tla, Consensus on Transaction Commit, 2006),
 * with seven resource managers: messages in a set that only grows, so that each is a bit. The same steps
 * as two-phase-commit/abstract, those that change nothing included: 296,448 states, 2,744,705 steps.
 *
 *     spin -a two-phase-commit.pml && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -w23 -m1000000
 */
#define WORKING 0
#define PREPARED 1
#define COMMITTED 2
#define ABORTED 3
#define ALL 127

byte rm[7];
byte tm = WORKING;
/* Bit i: the manager has noted, and resource manager i has sent, that i is prepared. */
byte noted;
byte prepared;
bit commit;
bit abort;

#define IS(i, s) (rm[i] == s)
#define SOME(s) (IS(0, s) || IS(1, s) || IS(2, s) || IS(3, s) || IS(4, s) || IS(5, s) || IS(6, s))
#define CONSISTENT assert(!(SOME(COMMITTED) && SOME(ABORTED)))

#define RM(i) \
  :: d_step { IS(i, WORKING) -> rm[i] = PREPARED; prepared = prepared | (1 << i); } \
  :: d_step { IS(i, WORKING) -> rm[i] = ABORTED; CONSISTENT; } \
  :: d_step { commit -> rm[i] = COMMITTED; CONSISTENT; } \
  :: d_step { abort -> rm[i] = ABORTED; CONSISTENT; } \
  :: d_step { tm == WORKING && ((prepared >> i) & 1) -> noted = noted | (1 << i); }

active proctype system() {
end:
  do
  RM(0)
  RM(1)
  RM(2)
  RM(3)
  RM(4)
  RM(5)
  RM(6)
  :: d_step { tm == WORKING && noted == ALL -> tm = COMMITTED; commit = 1; }
  :: d_step { tm == WORKING -> tm = ABORTED; abort = 1; }
  od
}
