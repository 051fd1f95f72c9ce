import type { Clock } from '../domain/clock.ts';
import { Credentials } from './oauth/credentials.ts';
import { effectsOf, sandboxStats, type SandboxStats, type UserEffects } from './org/effects.ts';
import { resolveOptions, type SandboxOptions } from './options.ts';
import { rule } from './org/lifecycle.ts';
import { groupOf } from './api/group-fields.ts';
import { oauthPage, serviceAppId } from './oauth/oauth.ts';
import { Org } from './org/org.ts';
import type { Mail } from './org/outbox.ts';
import { rockstarCsv } from './rockstar.ts';
import { OrgServer } from './wire/server.ts';
import { controlPage } from './control-page.ts';

export type { PublicJwk, SandboxOptions } from './options.ts';

/** A user as the sandbox currently knows them. Times are epoch milliseconds; undefined: never. */
export interface SandboxUser {
  readonly index: number;
  readonly id: string;
  readonly status: string;
  readonly provider: string;
  readonly login: string;
  readonly email: string;
  readonly secondEmail: string | undefined;
  readonly firstName: string;
  readonly lastName: string;
  readonly admin: boolean;
  readonly statusChangedMs: number | undefined;
  readonly passwordChangedMs: number | undefined;
  readonly sessions: number;
  readonly oauthTokens: number;
  readonly factors: number;
}

/** A running Okta org on loopback, and everything that an observer can know about it. */
export interface Sandbox {
  /** `http://127.0.0.1:PORT`, no trailing slash. */
  readonly url: string;
  /** The first SSWS token. */
  readonly token: string;
  /** The user who owns it. */
  readonly tokenOwnerId: string;
  readonly orgId: string;
  /** The client id of the service app, if the org has one. */
  readonly clientId: string | undefined;
  readonly close: () => Promise<void>;
  readonly user: (id: string) => SandboxUser | undefined;
  /** All users, in the order that Okta lists them. */
  readonly users: () => Iterable<SandboxUser>;
  readonly groups: () => readonly { readonly id: string; readonly name: string }[];
  /** Rockstar's “Export Users” with its default columns. Deprovisioned users are included unless left out. */
  readonly rockstarCsv: (options?: { readonly deprovisioned?: boolean }) => Iterable<string>;
  /** Every email sent, oldest first. */
  readonly outbox: () => Iterable<Mail>;
  readonly effects: (id: string) => UserEffects | undefined;
  readonly stats: () => SandboxStats;
  /** The temporary password that currently works for the user. */
  readonly currentTempPassword: (id: string) => string | undefined;
  /** The user sets a new password with the link or the temporary one. Returns false if that is no longer possible. */
  readonly finish: (id: string) => boolean;
  /** Another admin suspends the user. Returns false if the status does not allow it. */
  readonly suspend: (id: string) => boolean;
  /** The user signs in: one more session and token. Returns false if the status does not allow it. */
  readonly signIn: (id: string) => boolean;
  /** The user enrolls a factor. Returns false if they have all of them. */
  readonly enrol: (id: string) => boolean;
  readonly unsuspend: (id: string) => boolean;
  /**
   * Takes the user out of the resource set of every credential: reads still work, but lifecycle calls are refused with
   * E0000006.
   */
  readonly putOutOfReach: (id: string) => void;
  readonly putInReach: (id: string) => void;
  readonly issueToken: () => string;
  /** Ends an SSWS or OAuth token. Returns whether there was one. */
  readonly revokeToken: (token: string) => boolean;
}

const ms = (seconds: number): number | undefined => (seconds === 0 ? undefined : seconds * 1000);

function describe(org: Org, index: number): SandboxUser {
  const { table } = org;
  const { login, email, secondEmail, firstName, lastName } = org.people.person(index);
  return {
    index,
    id: org.userIds.idOf(index),
    status: table.statusOf(index),
    provider: table.providerOf(index),
    login,
    email,
    secondEmail,
    firstName,
    lastName,
    admin: org.isAdmin(index),
    statusChangedMs: ms(table.value('statusChangedS', index)),
    passwordChangedMs: ms(table.value('passwordChangedS', index)),
    sessions: table.value('sessions', index),
    oauthTokens: table.value('oauthTokens', index),
    factors: table.value('factors', index),
  };
}

function move(org: Org, call: 'suspend' | 'unsuspend', index: number): boolean {
  const ruling = rule(call, org.table.statusOf(index), org.table.providerOf(index));
  if (ruling.kind !== 'allowed' || ruling.to === undefined) return false;
  org.moveStatus(index, ruling.to, org.nowMs());
  return true;
}

/**
 * Starts an Okta org in this process, on loopback. Throws `AppError` USAGE for options that cannot work, and whatever
 * `listen` throws if the port is taken.
 */
export async function startSandbox(
  options: SandboxOptions,
  ports: { readonly clock: Clock },
): Promise<Sandbox> {
  const settings = resolveOptions(options);
  const org = new Org(settings, ports.clock);
  const credentials = new Credentials(settings.seed, settings.owners);
  org.onDeactivated = (index) => credentials.endOwned(index);
  for (const token of settings.tokens) credentials.add(token);
  const pages = [controlPage(org, credentials), oauthPage(org, credentials, settings.app)];
  const server = new OrgServer(org, ports.clock, credentials, pages);
  const url = await server.listen();
  const find = <T>(id: string, then: (index: number) => T): T | undefined => {
    const index = org.userIds.indexOf(id);
    return index === undefined ? undefined : then(index);
  };
  return {
    url,
    token: settings.tokens[0] ?? '',
    tokenOwnerId: org.userIds.idOf(0),
    orgId: org.id,
    clientId: settings.app === undefined ? undefined : serviceAppId(settings.seed, settings.app),
    close: () => server.close(),
    user: (id) => find(id, (index) => describe(org, index)),
    *users() {
      for (let index = 0; index < settings.users; index += 1) yield describe(org, index);
    },
    groups: () =>
      Array.from({ length: settings.groups }, (_, index) => ({
        id: org.groupIds.idOf(index),
        name: groupOf(index).name,
      })),
    rockstarCsv: ({ deprovisioned = true } = {}) => rockstarCsv(org, { deprovisioned }),
    outbox: () => org.outbox.mails(),
    effects: (id) => find(id, (index) => effectsOf(org, index)),
    stats: () => sandboxStats(org),
    currentTempPassword: (id) =>
      find(id, (index) => {
        const nth = org.table.value('currentTemp', index);
        return nth === 0 ? undefined : org.tempPassword(index, nth);
      }),
    finish: (id) => find(id, (index) => org.finish(index)) ?? false,
    suspend: (id) => find(id, (index) => move(org, 'suspend', index)) ?? false,
    signIn: (id) => find(id, (index) => org.signIn(index)) ?? false,
    enrol: (id) => find(id, (index) => org.enrol(index)) ?? false,
    putOutOfReach: (id) => void find(id, (index) => org.outOfReach.add(index)),
    putInReach: (id) => void find(id, (index) => org.outOfReach.delete(index)),
    unsuspend: (id) => find(id, (index) => move(org, 'unsuspend', index)) ?? false,
    issueToken: () => credentials.issue(),
    revokeToken: (token) => credentials.revoke(token),
  };
}
