// Runs each test file by Node's own module loader instead of Jest's: what is tested is loaded and compiled once for a worker,
// not once for each test file, and there is one realm, with one Error. All else about a test is Jest's.
import asyncHooks from 'node:async_hooks';
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString, takeCoverage } from 'node:v8';
import { sourceMapOf } from './jest-typescript.js';

const require = createRequire(import.meta.url);
const { default: runFile } = require('jest-circus/runner');
const CIRCUS = require.resolve('jest-circus/runner').replace(/runner\.js$/, 'jestAdapterInit.js');

register('./jest-typescript-hooks.js', import.meta.url);

// Tests run much code, most of it a few times: V8 optimizes it so eagerly that its compiler threads take a fifth of the CPU.
// Nine times the default of Node 20; later versions wait longer of themselves, and do not have the flag.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=600000');

/**
 * Circus asks which test is under way by an AsyncLocalStorage, which on Node 20 follows every promise and costs a tenth of
 * the run. Here the tests of a file run one after the other: the one under way is the one begun last.
 */
class TestUnderWay {
  #store;
  getStore() {
    return this.#store;
  }
  async run(store, callback) {
    const before = this.#store;
    this.#store = store;
    try {
      return await callback();
    } finally {
      this.#store = before;
    }
  }
}

function requireCircus(name) {
  const { AsyncLocalStorage } = asyncHooks;
  // From Node 24 on it cannot be replaced, and costs nothing that needs it.
  const { writable } = Object.getOwnPropertyDescriptor(asyncHooks, 'AsyncLocalStorage');
  if (writable !== true) return require(name);
  asyncHooks.AsyncLocalStorage = TestUnderWay;
  try {
    return require(name);
  } finally {
    asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
  }
}

/**
 * How many calls of a stack are kept. Each `expect` makes an error, thrown or not, and Node reads the stack of each error
 * that closes a socket. Jest keeps 100, which is 8 % of the processor time of a test of the whole command.
 */
const STACK_LINES = 20;

/** Undici closes its sockets by such an error, once for each command. Node asks for its stack, and nobody sees it. */
let withoutCloses;
function withoutStacksOfCloses() {
  const { prepareStackTrace } = Error;
  // Jest sets it once for a worker, which runs many files.
  if (prepareStackTrace === undefined || prepareStackTrace === withoutCloses) return;
  withoutCloses = Error.prepareStackTrace = (error, calls) =>
    error.code === 'UND_ERR_DESTROYED' ? String(error) : prepareStackTrace(error, calls);
}

let files = 0;

/** A test file with `@jest-environment-options {"ownModules": true}` gets its own copy of the modules under test as well. */
export default async function runNatively(globalConfig, config, environment, runtime, path, send) {
  files += 1;
  const query = `?file=${files}${environment.ownModules ? '&own' : ''}`;
  // Circus keeps the tests that a file declares: each file gets one of its own.
  delete require.cache[CIRCUS];
  delete globalThis[Symbol.for('EVENT_HANDLERS')];
  runtime.requireInternalModule = requireCircus;
  runtime.setGlobalsForRuntime = (globals) => {
    globalThis[Symbol.for('jest-globals')] = { ...globals, jest: environment.moduleMocker };
  };
  // Jest shows the lines of a stack by the maps that it finds here.
  runtime.getSourceMaps().get = sourceMapOf;
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = (name) => import(pathToFileURL(name) + query);
  Error.stackTraceLimit = STACK_LINES;
  withoutStacksOfCloses();
  const result = await runFile(globalConfig, config, environment, runtime, path, send);
  // Jest kills a worker half a second after the last test, whether or not Node has written its coverage by then.
  if (process.env.NODE_V8_COVERAGE !== undefined) takeCoverage();
  return result;
}
