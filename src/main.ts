import { VERSION } from './app/version.ts';
import { runCli } from './cli/run-cli.ts';
import type { Host } from './domain/host.ts';

/** Runs the program: argv and a host in, an exit code out. Never rejects. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  return runCli(argv, host, VERSION);
}
