import type { Host, Output } from '../domain/host.ts';
import { makeStyle, type Style } from './style.ts';

/** The terminal as a command sees it: results go to `out`, everything else to `err`. */
export interface Terminal {
  readonly host: Host;
  readonly stdout: Output;
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => Promise<void>;
  readonly outStyle: Style;
  readonly style: Style;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Somebody is there to be asked: both ends are terminals, and nobody forbade it. */
  readonly interactive: boolean;
  /** The screen may be redrawn in place. */
  readonly animated: boolean;
}

export interface TerminalFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly noColor: boolean;
  readonly noInput: boolean;
}

export function openTerminal(host: Host, flags: TerminalFlags): Terminal {
  const plain = flags.noColor || (host.env['NO_COLOR'] ?? '') !== '' || host.env['TERM'] === 'dumb';
  const ci = (host.env['CI'] ?? '') !== '';
  return {
    host,
    stdout: host.stdout,
    out: host.stdout.write,
    err: host.stderr.write,
    outStyle: makeStyle(!plain && host.stdout.isTty),
    style: makeStyle(!plain && host.stderr.isTty),
    json: flags.json,
    quiet: flags.quiet,
    verbose: flags.verbose,
    interactive: host.stdin.isTty && host.stderr.isTty && !flags.noInput && !flags.json,
    animated: host.stderr.isTty && !plain && !ci && !flags.json,
  };
}
