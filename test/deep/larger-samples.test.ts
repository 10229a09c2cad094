/** Random tests of `npm test`, with all of their samples. */
import '../checker/liveness-agreement.test.ts';
import '../checker/stores.test.ts';
import '../checker/timed-agreement.test.ts';
import '../contract/atomic-commitment.test.ts';
import '../contract/replicated-log.test.ts';
import '../contract/runs-are-paths.test.ts';
import '../protocols/raft/snapshots.test.ts';
import '../protocols/two-phase-commit/presets.test.ts';
