import type { Credentials } from '../config/credentials.ts';
import { Redactor } from '../secrets/redact.ts';

/** Makes what masks the run's own credential, and every well-known shape of a secret, in a line of text. */
export function redactorOf(credentials: Credentials): (text: string) => string {
  const redactor = new Redactor();
  redactor.register(credentials.kind === 'ssws' ? credentials.token : credentials.privateKey);
  return (text) => redactor.redact(text);
}
