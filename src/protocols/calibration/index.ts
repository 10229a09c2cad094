/** Models whose state counts are published: they calibrate the checker (test/calibration). */
export { abd } from './abd.ts';
export { alternatingBit } from './alternating-bit.ts';
export { fischer } from './fischer.ts';
export { increment } from './increment.ts';
export { paxosActors } from './paxos-actors.ts';
export { paxosMessages } from './paxos-messages.ts';
export { exactPingPong, losslessPingPong, pingPong } from './ping-pong.ts';
export { raftElection } from './raft-election.ts';
export { singleCopy } from './single-copy.ts';
export { tcommit } from './tcommit.ts';
export { twoPhase } from './two-phase.ts';
export { twoPhaseBackup } from './two-phase-backup.ts';
export { twoPhaseMessages } from './two-phase-messages.ts';
export { twoPhaseOrbits } from './two-phase-orbits.ts';
