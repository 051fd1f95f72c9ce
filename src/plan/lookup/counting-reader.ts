import type { OrgReader } from '../../domain/org/org.ts';

/** A reader that counts its reads. Repeated tries of the same read do not count. */
export interface CountingReader {
  readonly reader: OrgReader;
  readonly reads: () => number;
}

export function countReads(inner: OrgReader): CountingReader {
  let reads = 0;
  const counted =
    <A extends readonly unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      reads += 1;
      return call(...args);
    };
  return {
    reads: () => reads,
    reader: {
      origin: inner.origin,
      host: inner.host,
      organization: counted(inner.organization),
      me: counted(inner.me),
      user: counted(inner.user),
      factors: counted(inner.factors),
      users: counted(inner.users),
      groupsNamed: counted(inner.groupsNamed),
      groupsLike: counted(inner.groupsLike),
      group: counted(inner.group),
      groupMembers: counted(inner.groupMembers),
      admins: counted(inner.admins),
      roles: counted(inner.roles),
      logEvents: counted(inner.logEvents),
      linkLifetime: counted(inner.linkLifetime),
      limits: inner.limits,
      serverNowMs: inner.serverNowMs,
    },
  };
}
