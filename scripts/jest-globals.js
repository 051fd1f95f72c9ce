// What a test file imports from @jest/globals, where Node itself loads it; of `jest` only what mocks functions: `fn`, `spyOn` and their like.
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } =
  globalThis[Symbol.for('jest-globals')];
