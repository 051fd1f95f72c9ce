import type { OpenConsole } from './app/console/console-port.ts';
import { VERSION } from './app/version.ts';
import { runCli } from './cli/run-cli.ts';
import type { Host } from './domain/host.ts';

/** The console in the browser, which is loaded only when it is opened. */
const openConsole: OpenConsole = async (input, host) => {
  const console = await import('./console/console.ts');
  return console.openConsole(input, host);
};

/** Runs the program: argv and a host in, an exit code out. Never rejects. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  return runCli(argv, host, VERSION, {}, { openConsole });
}
