// The processes that run the tests: started when needed, ended when they hang or have grown.
import { execFileSync, fork } from 'node:child_process';
import { openSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TESTER = fileURLToPath(new URL('./tester.mjs', import.meta.url));
const MOST_RSS_BYTES = 1.5 * 2 ** 30;
/** Others that work on the machine have priority. */
const NICE = 10;

/** What Jest makes of jest.config.ts. */
export function readConfigs() {
  const jest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
  const { configs, globalConfig } = JSON.parse(
    execFileSync(process.execPath, [jest, '--showConfig'], { cwd: ROOT, encoding: 'utf8' }),
  );
  return { globalConfig, projectConfig: configs[0] };
}

export class Tester {
  #configs;
  #child;

  constructor(configs) {
    this.#configs = configs;
  }

  /** Runs one test file. `timedOut` if it took longer than `limitMs`, `died` if the process ended. */
  async run(asked, limitMs) {
    this.#child ??= this.#begin();
    const child = this.#child;
    const answer = await new Promise((resolve) => {
      const timer = setTimeout(
        () => resolve({ failed: 'the time limit', timedOut: true }),
        limitMs,
      );
      const settle = (value) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(value);
      };
      child.once('message', settle);
      child.once('exit', () => settle({ failed: 'the process ended', died: true }));
      child.send({ configs: this.#configs, ...asked });
    });
    if (answer.tests === undefined || answer.rssBytes > MOST_RSS_BYTES) this.end();
    return answer;
  }

  /** Ends the process; the next test begins another one. */
  end() {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #begin() {
    const output = openSync('/dev/null', 'w');
    const child = fork(TESTER, {
      cwd: ROOT,
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', output, process.env.MUTATE_DEBUG ? 'inherit' : output, 'ipc'],
    });
    setPriority(child.pid, NICE);
    return child;
  }
}
