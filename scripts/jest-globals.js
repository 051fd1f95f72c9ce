// What a test file imports from @jest/globals, where Node itself loads it.
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } =
  globalThis[Symbol.for('jest-globals')];
