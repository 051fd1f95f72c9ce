/** What identifies the org of a run: its id if Okta returned it, and the URL that it was reached by. */
export interface OrgOfRun {
  /** Empty if Okta did not return it. */
  readonly orgId: string;
  readonly origin: string;
  readonly host: string;
}

/** Returns a key that all runs on one org share, however it was reached, and that no other org has. */
export function orgKey({ orgId, origin, host }: OrgOfRun): string {
  // Sandboxes with the same seed share an id, but are different orgs.
  return orgId === '' || origin.startsWith('http:') ? host : orgId;
}

/** Some runs on one org. */
export interface RunsOfOrg<R> {
  readonly key: string;
  /** The hosts by which these runs reached it, usually one. */
  readonly hosts: readonly string[];
  readonly runs: readonly R[];
}

/** Groups runs by their org, in the order in which the orgs appear first. */
export function byOrg<R extends OrgOfRun>(runs: readonly R[]): readonly RunsOfOrg<R>[] {
  // A run without an org id belongs to the runs that reached the same host.
  const keys = new Map(runs.map((run) => [run.host, orgKey(run)]));
  for (const run of runs) if (run.orgId !== '') keys.set(run.host, orgKey(run));
  const groups = new Map<string, R[]>();
  for (const run of runs) {
    const key = run.orgId === '' ? (keys.get(run.host) ?? orgKey(run)) : orgKey(run);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return [...groups].map(([key, of]) => ({
    key,
    hosts: [...new Set(of.map(({ host }) => host))],
    runs: of,
  }));
}
