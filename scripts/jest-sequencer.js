// The order of the test files: the longest first, so that none of them is still under way when all others are done.
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, sep } from 'node:path';

const require = createRequire(import.meta.url);
const { default: TestSequencer } = require('@jest/test-sequencer');

/** What a kilobyte of a test comes to in a folder, in milliseconds: only how they compare counts. */
const MS_PER_KB = new Map(
  Object.entries({
    fuzz: 6000,
    browser: 4000,
    faults: 1400,
    property: 800,
    docs: 700,
    integration: 500,
    console: 400,
    cli: 300,
  }),
);
const OTHERS_MS_PER_KB = 100;

export default class LongestFirst extends TestSequencer {
  /** How long a file takes: as in its last run; where none is known, as in a fresh clone, by its folder and size. */
  time(test) {
    const known = super.time(test);
    if (known !== undefined) return known;
    const [, folder] = relative(test.context.config.rootDir, test.path).split(sep);
    const kilobytes = statSync(test.path).size / 1024;
    return kilobytes * (MS_PER_KB.get(folder) ?? OTHERS_MS_PER_KB);
  }
}
