import { DEFAULTS } from '../../config/defaults.ts';
import { refuse } from '../../config/credential-bond.ts';
import type { ConfigSources } from '../../config/sources.ts';
import type { Host } from '../../domain/host.ts';
import { withoutCredentials } from '../../process/call-program.ts';
import { callShell, type ShellEnd } from '../../process/call-shell.ts';

/** Says why a command returned no token. Its output is never quoted, because it might be the token. */
function faultOf({ kind, code }: ShellEnd): string | undefined {
  switch (kind) {
    case 'ended':
      return code === 0 ? undefined : `it ended with ${code ?? 'an unknown code'}`;
    case 'not-started':
      return `it could not be started (${code ?? 'unknown error'})`;
    case 'timed-out':
      return `it took longer than ${DEFAULTS.tokenCommandMs / 1000} s`;
    case 'too-much-output':
      return 'it printed more than any token has';
    case 'aborted':
      return 'it was stopped';
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/**
 * Makes the function that runs token commands on a host, with the system's shell, in the working folder, and without the
 * org's credentials in the environment. Standard output is the token. Standard error goes where this process's goes, so that
 * a password manager can ask a person.
 */
export function tokenCommands(host: Host): ConfigSources['runCommand'] {
  return async (command, signal) => {
    signal.throwIfAborted();
    const end = await callShell({
      command,
      cwd: host.cwd,
      env: withoutCredentials(host.env),
      host,
      input: '',
      errors: 'own',
      // A password manager asks at the terminal if there is one, and a separate process group would have none.
      ownGroup: !host.stdin.isTty,
      timeoutMs: DEFAULTS.tokenCommandMs,
      mostBytes: DEFAULTS.tokenCommandBytes,
      signal,
    });
    signal.throwIfAborted();
    const fault = faultOf(end);
    if (fault === undefined) return end.output;
    throw refuse(
      `The token command brought no token: ${fault}.`,
      'Run it by itself in the same shell: it must print only the token. Its own messages go to the terminal.',
    );
  };
}
