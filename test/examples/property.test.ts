// Example 3 is a test itself; importing it registers it here, where vitest looks for tests.
import '../../docs/examples/3-property.test.ts';
