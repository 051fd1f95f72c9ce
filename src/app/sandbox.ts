import { startSandbox, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.ts';
import { parseChaos } from '../sandbox/chaos.ts';
import type { AppContext } from './context.ts';

export type { Sandbox } from '../sandbox/sandbox.ts';

/** The sandbox as the command line asks for it. */
export interface SandboxRequest extends Omit<SandboxOptions, 'chaos' | 'limits'> {
  /** Calls per window of the bucket that every reset counts against; the other buckets keep Okta's numbers. */
  readonly limit: 'off' | number | undefined;
  readonly chaos: string | undefined;
}

/** Starts a local Okta org in this process. Rejects with USAGE for options that make no sense. */
export async function openSandbox(request: SandboxRequest, context: AppContext): Promise<Sandbox> {
  const { limit, chaos, ...options } = request;
  return startSandbox(
    {
      ...options,
      limits: limit === 'off' ? 'off' : limit === undefined ? undefined : { users: limit },
      chaos: chaos === undefined ? undefined : parseChaos(chaos),
    },
    { clock: context.host.clock },
  );
}
