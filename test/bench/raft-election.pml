/*
 * Raft's leader election without a log (Ongaro and Ousterhout 2014, section 5.2): three servers, four
 * terms, messages in a set that only grows, so that each is a bit. The steps of calibration/raft-election,
 * those that change nothing left out: 3,623,895 states.
 *
 *     spin -a raft-election.pml && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -w23 -m1000000
 */
#define TERMS 4
#define FOLLOWER 0
#define CANDIDATE 1
#define LEADER 2

byte role[3];
byte term[3];
/* The candidate that has the server's vote, counted from 1; 0 for none. */
byte vote[3];
/* Bit j: the candidate has the vote of server j. */
byte votes[3];
/* By term: bit c, candidate c has asked all others for their votes. */
byte request[5];
/* By term: bits 3 c + n, server n has granted its vote to candidate c. */
short grant[5];
/* By term: the server that led it first, counted from 1. A ghost. */
byte leader[5];

#define LEADS(n) (leader[term[n]] == 0 || leader[term[n]] == n + 1)
#define HAS_MAJORITY(n) (votes[n] == 3 || votes[n] == 5 || votes[n] >= 6)
#define GRANTED(c, n) ((grant[term[c]] >> (3 * c + n)) & 1)

#define ASKED(n, c, t) \
  :: d_step { ((request[t] >> c) & 1) && term[n] < t -> \
       role[n] = FOLLOWER; term[n] = t; vote[n] = c + 1; votes[n] = 0; \
       grant[t] = grant[t] | (1 << (3 * c + n)); } \
  :: d_step { ((request[t] >> c) & 1) && term[n] == t && vote[n] == 0 -> \
       vote[n] = c + 1; grant[t] = grant[t] | (1 << (3 * c + n)); }

#define VOTED(c, n) \
  :: d_step { role[c] == CANDIDATE && GRANTED(c, n) && !((votes[c] >> n) & 1) -> \
       votes[c] = votes[c] | (1 << n); }

#define SERVER(n) \
  :: d_step { role[n] != LEADER && term[n] < TERMS -> \
       role[n] = CANDIDATE; term[n]++; vote[n] = n + 1; votes[n] = 1 << n; \
       request[term[n]] = request[term[n]] | (1 << n); } \
  :: d_step { role[n] == CANDIDATE && HAS_MAJORITY(n) -> \
       assert(LEADS(n)); role[n] = LEADER; votes[n] = 0; leader[term[n]] = n + 1; } \
  :: d_step { role[n] != FOLLOWER -> role[n] = FOLLOWER; votes[n] = 0; }

#define PAIR(n, c) \
  ASKED(n, c, 1) \
  ASKED(n, c, 2) \
  ASKED(n, c, 3) \
  ASKED(n, c, 4) \
  VOTED(n, c)

active proctype system() {
end:
  do
  SERVER(0)
  SERVER(1)
  SERVER(2)
  PAIR(0, 1)
  PAIR(0, 2)
  PAIR(1, 0)
  PAIR(1, 2)
  PAIR(2, 0)
  PAIR(2, 1)
  od
}
