import type { IncomingHttpHeaders } from 'node:http';
import { word } from '../chance.ts';
import { errorReply, type Reply } from '../wire/errors.ts';

/** Who a credential acts as. */
export interface Principal {
  /** The number of this principal among those of the sandbox, which the System Log stores. */
  readonly number: number;
  readonly kind: 'ssws' | 'app';
  /** The `00T…` id of the token, or the client id. */
  readonly id: string;
  /** The admin who owns the SSWS token. */
  readonly user: number | undefined;
  /** Scopes of an OAuth token; undefined if it can do whatever the admin can. */
  readonly scopes: ReadonlySet<string> | undefined;
}

/** Checks the DPoP proof of a call with a bound token. Returns the refusal; undefined if the proof is good. */
export type ProofCheck = (
  headers: IncomingHttpHeaders,
  request: { readonly method: string; readonly url: string; readonly token: string },
) => Promise<Reply | undefined>;

/** Makes SSWS token number `nth` of a seed. */
export function seededToken(seed: number, nth: number): string {
  return `00${word(seed, nth, 71, 40)}`;
}

interface AccessToken {
  readonly principal: Principal;
  readonly expiresMs: number;
  /** Set if the token is bound to a DPoP key. */
  readonly check: ProofCheck | undefined;
}

const invalidToken = (scheme: string): Reply =>
  errorReply('E0000011', {
    headers: ['WWW-Authenticate', `${scheme} error="invalid_token"`],
  });

/** The credentials that the org accepts, until they are revoked or expire. */
export class Credentials {
  readonly #seed: number;
  readonly #owners: number;
  readonly #ssws = new Map<string, Principal>();
  readonly #access = new Map<string, AccessToken>();
  readonly #principals: Principal[] = [];

  /** `owners`: how many admins own the tokens, in rotation. */
  constructor(seed: number, owners: number) {
    this.#seed = seed;
    this.#owners = owners;
  }

  /** Makes an SSWS token valid; its owner is the next admin in turn. */
  add(token: string): void {
    const number = this.#principals.length;
    const principal: Principal = {
      number,
      kind: 'ssws',
      id: `00T${word(this.#seed, number, 63, 17)}`,
      user: this.#ssws.size % this.#owners,
      scopes: undefined,
    };
    this.#principals.push(principal);
    this.#ssws.set(`SSWS ${token}`, principal);
  }

  /** Makes a new SSWS token. */
  issue(): string {
    const token = seededToken(this.#seed, this.#principals.length);
    this.add(token);
    return token;
  }

  /** Makes a service app a principal. */
  addApp(clientId: string): Principal {
    const principal: Principal = {
      number: this.#principals.length,
      kind: 'app',
      id: clientId,
      user: undefined,
      scopes: new Set(),
    };
    this.#principals.push(principal);
    return principal;
  }

  addAccessToken(
    token: string,
    app: Principal,
    scopes: readonly string[],
    expiresMs: number,
    check: ProofCheck | undefined,
  ): void {
    this.#access.set(token, {
      principal: { ...app, scopes: new Set(scopes) },
      expiresMs,
      check,
    });
  }

  /** Ends a credential. Returns whether there was one. */
  revoke(token: string): boolean {
    const access = this.#access.delete(token);
    return this.#ssws.delete(`SSWS ${token}`) || access;
  }

  /** Ends the credential in an Authorization header. */
  revokeHeader(authorization: string | undefined): void {
    if (authorization !== undefined)
      this.revoke(authorization.slice(authorization.indexOf(' ') + 1));
  }

  /** Ends the SSWS tokens of an admin. */
  endOwned(user: number): void {
    for (const [header, principal] of this.#ssws)
      if (principal.user === user) this.#ssws.delete(header);
  }

  knowsApp(clientId: string): boolean {
    return this.apps().some(({ id }) => id === clientId);
  }

  principal(number: number): Principal | undefined {
    return this.#principals[number];
  }

  apps(): readonly Principal[] {
    return this.#principals.filter(({ kind }) => kind === 'app');
  }

  sswsTokens(): readonly Principal[] {
    return [...this.#ssws.values()];
  }

  /** Returns the principal who asks, or Okta's refusal. Only a DPoP-bound token makes this wait, for its check. */
  authenticate(
    headers: IncomingHttpHeaders,
    request: { readonly method: string; readonly url: string; readonly nowMs: number },
  ): Principal | Reply | Promise<Principal | Reply> {
    const text = headers.authorization;
    if (text === undefined) return errorReply('E0000005');
    const known = this.#ssws.get(text);
    if (known !== undefined) return known;
    const space = text.indexOf(' ');
    const scheme = text.slice(0, space);
    const token = text.slice(space + 1);
    if (/^ssws$/i.test(scheme)) return this.#ssws.get(`SSWS ${token}`) ?? errorReply('E0000011');
    if (!/^(bearer|dpop)$/i.test(scheme)) return errorReply('E0000005');
    const access = this.#access.get(token);
    if (access === undefined || request.nowMs >= access.expiresMs) {
      this.#access.delete(token);
      return invalidToken(scheme);
    }
    // A bound token is never accepted as a bearer token, even with a proof, and the reverse is true as well.
    const bound = access.check !== undefined;
    if (/^dpop$/i.test(scheme) !== bound) return invalidToken(bound ? 'DPoP' : 'Bearer');
    if (access.check === undefined) return access.principal;
    return access
      .check(headers, { method: request.method, url: request.url, token })
      .then((refusal) => refusal ?? access.principal);
  }
}

export function isReply(value: object): value is Reply {
  return 'body' in value;
}
