import { runCli } from '../../src/cli/run-cli.ts';
import type { Host } from '../../src/domain/host.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { ConsoleRig } from './rig.ts';

/** Types a command line in the folder of a console. Resolves with its exit code and its output. */
export async function typeIn(
  { host }: ConsoleRig,
  org: Sandbox,
  argv: readonly string[],
  more: Partial<Host> = {},
): Promise<[number, string]> {
  let said = '';
  const write = (text: string) => {
    said += text;
    return Promise.resolve();
  };
  const output = { ...host.stdout, isTty: false, write };
  const env = { ...host.env, OKTA_CLIENT_ORGURL: org.url, OKTA_CLIENT_TOKEN: org.token };
  const all: Host = { ...host, env, stdout: output, stderr: output, ...more };
  return [await runCli(argv, all, '0.0.0'), said];
}
