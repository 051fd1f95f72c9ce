import type { Clock, Random, ServerClock } from '../domain/clock.ts';
import type { OrgReader, OrgWriter } from '../domain/org/org.ts';
import type { Pacing } from '../domain/org/pacing.ts';
import type { TokenSource } from '../domain/org/token-source.ts';
import type { Secret } from '../secrets/secret.ts';
import { createAppCredential } from './credential/app-credential.ts';
import type { AppCredential } from './credential/app-credential.ts';
import { createSourceCredential } from './credential/source-credential.ts';
import { createTokenCredential } from './credential/credential.ts';
import { openDispatcher } from './http/dispatcher.ts';
import { createDpopProver } from './credential/dpop-proof.ts';
import { createHttp } from './http/http.ts';
import type { LogCall } from './layers/logged.ts';
import { createReader } from './endpoints/reader.ts';
import type { Http } from './http/http.ts';
import { readSigningKey } from './credential/signing-key.ts';
import { stackReadTransport, stackTransport } from './layers/stack.ts';
import type { StackParts } from './layers/stack.ts';
import { createTokenEndpoint } from './credential/token-endpoint.ts';
import { createWriter } from './endpoints/writer.ts';

export type Credentials =
  /** An API token. */
  | { readonly kind: 'ssws'; readonly token: Secret }
  /** API tokens from a source that is asked again when the org rejects one. */
  | { readonly kind: 'command'; readonly tokens: TokenSource }
  /** A service app (client credentials with a private key); DPoP is used if the org requires it. */
  | {
      readonly kind: 'oauth';
      readonly clientId: string;
      readonly scopes: readonly string[];
      /** Requested too, and left out if the org grants no token with them. */
      readonly optionalScopes?: readonly string[];
      /** PEM (PKCS#8, PKCS#1, SEC 1) or JWK. */
      readonly privateKey: Secret;
      readonly keyId: string | undefined;
    };

export interface OrgOptions {
  /** `https://acme.okta.com`. A path or trailing slash is removed. */
  readonly origin: string;
  readonly credentials: Credentials;
  /** Time limit of one attempt, from the start of connecting to the last byte. */
  readonly timeoutMs: number;
  /** How often a read is tried again after the first try. Writes are never tried again here. */
  readonly maxRetries: number;
  /** The most connections at once: the concurrency of the run. */
  readonly connections: number;
  /** `okta-reset/1.2.3 (run=…)`: Okta records it in its System Log. */
  readonly userAgent: string;
  /** Read only for `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface OrgPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly pacing: Pacing;
  /** Okta's clock, which learns from the answers of this connection. */
  readonly serverClock: ServerClock;
  /** Called with one record per sent call, which contains nothing secret. */
  readonly log?: LogCall;
}

export interface OrgConnection {
  readonly reader: OrgReader;
  readonly writer: OrgWriter;
  /** The scopes of a service app's token; undefined for an API token, and before the first call. */
  readonly grantedScopes: () => readonly string[] | undefined;
  /** Closes all connections. Call it when no call is in flight. */
  readonly close: () => Promise<void>;
}

interface Line {
  readonly parts: StackParts;
  readonly reading: Omit<Parameters<typeof createReader>[0], 'transport'>;
  readonly grantedScopes: () => readonly string[] | undefined;
  readonly close: () => Promise<void>;
}

/** Reads the key before anything is opened. Returns the function that makes the credential once there is a connection. */
function prepareCredential(
  options: OrgOptions,
  origin: string,
  { clock, random, serverClock }: OrgPorts,
): (http: Http) => AppCredential {
  const { credentials, maxRetries } = options;
  if (credentials.kind === 'ssws') {
    const { authorize } = createTokenCredential(credentials.token);
    return () => ({ authorize, grantedScopes: () => undefined, close: () => undefined });
  }
  if (credentials.kind === 'command') {
    const { authorize } = createSourceCredential(credentials.tokens);
    return () => ({ authorize, grantedScopes: () => undefined, close: () => undefined });
  }
  const { clientId, scopes, optionalScopes = [], privateKey, keyId } = credentials;
  const signingKey = readSigningKey(privateKey, keyId);
  const prover = createDpopProver();
  const shared = { origin, prover, clock, serverClock };
  return (http) => {
    const terms = { clientId, scopes, optionalScopes, signingKey, http, random, maxRetries };
    const endpoint = createTokenEndpoint({ ...shared, ...terms });
    return createAppCredential({ ...shared, endpoint });
  };
}

function openLine(options: OrgOptions, ports: OrgPorts): Line {
  const { clock, random, pacing, serverClock } = ports;
  const { timeoutMs, maxRetries, connections, userAgent, env } = options;
  const { origin } = new URL(options.origin);
  const openCredential = prepareCredential(options, origin, ports);
  const dispatcher = openDispatcher({ origin, connections, timeoutMs, env });
  const http = createHttp({ origin, dispatcher, clock, serverClock, userAgent, timeoutMs });
  const credential = openCredential(http);
  return {
    parts: { http, credential, pacing, clock, random, maxRetries, timeoutMs, log: ports.log },
    reading: { origin, pacing, serverClock },
    grantedScopes: credential.grantedScopes,
    close: async () => {
      credential.close();
      await http.close();
    },
  };
}

/**
 * Connects to an org for reading and writing. Nothing is sent before the first call. Throws `CONFIG_CREDENTIALS` for a
 * private key that cannot be used, and `USAGE` for a proxy that is not a URL.
 */
export function connectOrg(options: OrgOptions, ports: OrgPorts): OrgConnection {
  const line = openLine(options, ports);
  const transport = stackTransport(line.parts);
  const reader = createReader({ ...line.reading, transport });
  const { grantedScopes, close } = line;
  return { reader, writer: createWriter(reader, transport), grantedScopes, close };
}

/**
 * Connects to an org for reading, which is all that a dry run gets. The transport cannot write. Throws like `connectOrg`.
 */
export function connectReader(options: OrgOptions, ports: OrgPorts): Omit<OrgConnection, 'writer'> {
  const line = openLine(options, ports);
  const transport = stackReadTransport(line.parts);
  const { grantedScopes, close } = line;
  return { reader: createReader({ ...line.reading, transport }), grantedScopes, close };
}
