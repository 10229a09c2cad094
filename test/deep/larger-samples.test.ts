/** Random tests of `npm test`, with all of their samples. */
import '../checker/timed-agreement.test.ts';
import '../protocols/two-phase-commit/presets.test.ts';
