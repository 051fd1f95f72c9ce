import type { Clock, Random } from '../../domain/clock.ts';
import type { Pacing } from '../../domain/org/pacing.ts';
import { authorized } from './authorized.ts';
import type { Credential } from '../credential/credential.ts';
import type { Http } from '../http/http.ts';
import { logged } from './logged.ts';
import type { LogCall } from './logged.ts';
import { paced } from './paced.ts';
import { readOnly } from './read-only.ts';
import { recorded } from './recorded.ts';
import { retried } from './retried.ts';
import { sent } from './sent.ts';
import type { ReadTransport, Transport } from '../http/transport.ts';

export interface StackParts {
  readonly http: Http;
  readonly credential: Credential;
  readonly pacing: Pacing;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxRetries: number;
  /** Time limit of one attempt. */
  readonly timeoutMs: number;
  readonly log: LogCall | undefined;
}

/**
 * The layers, from the outside in, each with the reason for its place:
 * 1. retry: a read that is sent again goes through everything below again
 * 2. pacing: a token fetched or a proof signed before the wait could be too old after it
 * 3. auth: must be ready before an attempt is recorded, so that the journal has none that cannot be sent
 * 4. record (`beforeSend`): the last thing before the bytes; pacing does it if it waits only for a free connection
 * 5. log: sees each sending once, with the time of the exchange only
 * 6. HTTP
 */
export function stackTransport(parts: StackParts): Transport {
  const http = sent(parts.http);
  const log = parts.log === undefined ? http : logged(http, parts.log);
  const record = recorded(log);
  const auth = authorized(record, parts.credential);
  const pacing = paced(auth, parts.pacing);
  return retried(pacing, { ...parts, firstAnswerMs: parts.timeoutMs });
}

/** Makes the same layers for a stack that passes only reads. */
export function stackReadTransport(parts: StackParts): ReadTransport {
  return readOnly(stackTransport(parts));
}
