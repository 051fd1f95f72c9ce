// A process that runs test files on request, with at most one change on, again and again, so that what is tested stays
// loaded.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import runNatively from '../jest-native-runner.js';
import ClosingEnvironment from '../jest-closing-environment.js';
import { takeMet, turnOn } from './switch.mjs';

register('./hooks.mjs', import.meta.url);
// Nobody reads where a failed test is, and to find it in the source is slow.

const OWN_MODULES = /@jest-environment-options\s+\{"ownModules": true\}/;

function testId(test) {
  const names = [];
  for (let part = test; part.parent !== undefined; part = part.parent) names.unshift(part.name);
  return names.join(' › ');
}

function testsOf(block) {
  return block.children.flatMap((child) => (child.type === 'test' ? [child] : testsOf(child)));
}

/** Follows one test file: which tests run, what each of them executed, and which one failed first. */
class Followed {
  tests = {};
  failed;
  met = {};
  /** What was executed while the file and its sources were loaded, before its first hook. */
  loaded = {};
  #wanted;

  constructor(wanted) {
    this.#wanted = wanted && new Set(wanted);
  }

  handle(event, state) {
    if (event.name === 'run_start') this.#start(state);
    else if (event.name === 'test_start') this.#begin(event.test);
    else if (event.name === 'test_done') this.#end(event.test);
  }

  /** Adds what was executed outside of a test. */
  addMet() {
    for (const [file, indexes] of Object.entries(takeMet()))
      this.met[file] = [...new Set([...(this.met[file] ?? []), ...indexes])];
  }

  #start(state) {
    this.addMet();
    this.loaded = { ...this.met };
    this.#leaveOut(testsOf(state.rootDescribeBlock));
  }

  #leaveOut(tests) {
    if (this.#wanted === undefined) return;
    for (const test of tests) if (!this.#wanted.has(testId(test))) test.mode = 'skip';
  }

  #begin(test) {
    this.addMet();
    if (this.failed !== undefined) test.mode = 'skip';
  }

  #end(test) {
    const id = testId(test);
    if (test.errors.length > 0) this.failed ??= id;
    this.tests[id] = { durationMs: test.duration ?? 0, met: takeMet() };
  }
}

function runtimeOf(environment) {
  const nothing = () => {};
  return {
    requireModule: nothing,
    enterTestCode: nothing,
    leaveTestCode: nothing,
    getSourceMaps: () => new Map(),
    restoreAllMocks: () => environment.moduleMocker.restoreAllMocks(),
  };
}

async function run({ configs, path, wanted, mutant, ownModules }) {
  const { globalConfig, projectConfig } = configs;
  const docblock = readFileSync(path, 'utf8').slice(0, 2_000);
  const testEnvironmentOptions = { ownModules: ownModules || OWN_MODULES.test(docblock) };
  const environment = new ClosingEnvironment(
    { globalConfig, projectConfig: { ...projectConfig, testEnvironmentOptions } },
    { console, docblockPragmas: {}, testPath: path },
  );
  const followed = new Followed(wanted);
  environment.handleTestEvent = (event, state) => followed.handle(event, state);
  await environment.setup();
  takeMet();
  turnOn(mutant);
  const beganMs = performance.now();
  try {
    const runtime = runtimeOf(environment);
    const result = await runNatively(
      { ...globalConfig, randomize: false },
      projectConfig,
      environment,
      runtime,
      path,
      () => {},
    );
    if (result.numFailingTests > 0 || result.testExecError !== undefined)
      followed.failed ??= result.failureMessage?.slice(0, 200) ?? 'the test file';
  } catch (error) {
    followed.failed ??= `the test file: ${error}`;
  } finally {
    turnOn(undefined);
    followed.addMet();
    await environment.teardown();
  }
  const durationMs = performance.now() - beganMs;
  const { tests, met, loaded, failed } = followed;
  return { tests, met, loaded, failed, durationMs, rssBytes: process.memoryUsage.rss() };
}

let lateErrors = 0;
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, () => (lateErrors += 1));
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

process.on('message', (asked) => {
  void run(asked).then((answer) => process.send({ ...answer, lateErrors }));
});
