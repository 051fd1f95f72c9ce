import type { Credentials } from '../config/credentials.ts';
import { Redactor } from '../secrets/redact.ts';

/**
 * Makes the function that masks, in a line of text, the run's own credential and everything that has the shape of a known
 * kind of secret.
 */
export function redactorOf(credentials: Credentials): (text: string) => string {
  const redactor = new Redactor();
  if (credentials.kind === 'command') {
    // New tokens can be added during the run.
    let registered = 0;
    return (text) => {
      const known = credentials.tokens.known();
      for (const token of known.slice(registered)) redactor.register(token);
      registered = known.length;
      return redactor.redact(text);
    };
  }
  redactor.register(credentials.kind === 'ssws' ? credentials.token : credentials.privateKey);
  return (text) => redactor.redact(text);
}
