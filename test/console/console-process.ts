import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { FastClock } from '../integration/rig.ts';
import { spawnCommand } from '../integration/spawned.ts';
import { ConsoleAddress, type Page } from './rig.ts';

class Printed extends ConsoleAddress {
  override readonly link: string;

  constructor(url: string, link: string) {
    super();
    this.url = url;
    this.link = link;
  }
}

/** A console in a separate process, connected to an org, and a page that has opened its link. */
export interface ConsoleProcess {
  /** The folder that it works in. `state` in it is the user's state directory. */
  readonly dir: string;
  readonly url: string;
  readonly speaker: Page;
  /** Kills it with -9; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** Starts it, as it is shipped, with a fast clock. */
export async function startConsole(org: Sandbox, clock: FastClock): Promise<ConsoleProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'okta-reset-console-test-'));
  let said = '';
  let hear: (text: string) => void = () => undefined;
  const listening = new Promise<{ readonly url: string; readonly link: string }>((resolve) => {
    hear = (text) => {
      said += text;
      const line = said.split('\n').find((each) => each.includes('"console-listening"'));
      if (line?.endsWith('}') === true) resolve(JSON.parse(line) as { url: string; link: string });
    };
  });
  const argv = ['console', '--no-open', '--json'];
  const around = { clock, onStdout: (text: string) => hear(text) };
  const { child, ended } = spawnCommand({ dir, stateHome: join(dir, 'state'), org }, argv, around);
  const early = ended.then(({ stderr }) => {
    throw new Error(`The console has ended: ${stderr}`);
  });
  const { url, link } = await Promise.race([listening, early]);
  early.catch(() => undefined);
  const speaker = await new Printed(url, link).page();
  await speaker.post('/api/connect', { kind: 'environment' });
  await speaker.until('connection', ({ connection }) => connection.state === 'connected');
  return {
    ...{ dir, url, speaker },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
