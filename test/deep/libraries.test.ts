/** Many more random scripts through libraries and policies than `npm test` takes. */
import '../patterns/resilience/libraries/cockatiel.test.ts';
import '../patterns/resilience/libraries/opossum.test.ts';
