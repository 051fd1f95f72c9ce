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

/** Files that take much longer than their size says, by what they wait for or repeat. */
const LONG_MS = new Map(
  Object.entries({
    'engine/crash-sweep.test.ts': 15_000,
    'faults/kill.test.ts': 25_000,
    'deploy/goes-on.test.ts': 20_000,
    'cli/signals.test.ts': 15_000,
    'integration/rerun.test.ts': 20_000,
    'property/linear-patterns.test.ts': 8000,
    'selection/workbook.test.ts': 6000,
    'pacing/window.test.ts': 5000,
    'engine/doubt.test.ts': 8000,
    'console/faces.test.ts': 8000,
  }),
);

export default class LongestFirst extends TestSequencer {
  /**
   * How long a file takes: as in its last run. If that is not known, as in a fresh clone, as the table says, or else by its
   * folder and size.
   */
  time(test) {
    const known = super.time(test);
    if (known !== undefined) return known;
    const [, folder, ...names] = relative(test.context.config.rootDir, test.path).split(sep);
    const longMs = LONG_MS.get(`${folder}/${names.join('/')}`);
    if (longMs !== undefined) return longMs;
    const kilobytes = statSync(test.path).size / 1024;
    return kilobytes * (MS_PER_KB.get(folder) ?? OTHERS_MS_PER_KB);
  }
}
