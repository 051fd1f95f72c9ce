import type { OrgWriter } from '../../src/domain/org/org.ts';
import { Secret } from '../../src/secrets/secret.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { connect } from '../okta/scripted-org.ts';
import { startRig, type Got, type Rig } from '../sandbox/rig.ts';

/** The sandbox with our client working on it. Both must follow the same facts. */
export interface Pair {
  readonly rig: Rig;
  readonly client: OrgWriter;
  /** The buckets that the client counted its calls against. */
  readonly entered: readonly string[];
  readonly close: () => Promise<void>;
}

export async function startPair(options: SandboxOptions = {}): Promise<Pair> {
  const rig = await startRig(options);
  const credentials = { kind: 'ssws', token: new Secret(rig.org.token) } as const;
  const { writer, gate, close } = connect(rig.org.url, { credentials, maxRetries: 0 });
  return {
    rig,
    client: writer,
    entered: gate.entered,
    close: async () => {
      await close();
      await rig.close();
    },
  };
}

/** The result of an answer: its status, and Okta's code if it is a refusal. */
export const outcome = (got: Got): string =>
  got.status < 300
    ? String(got.status)
    : `${got.status} ${got.json?.errorCode ?? got.json?.error ?? ''}`.trim();
