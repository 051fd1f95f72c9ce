import { resolve } from 'node:path';
import { startSandbox, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.ts';
import { parseChaos } from '../sandbox/chaos/chaos.ts';
import type { AppContext } from './context.ts';
import { publicKeyOf } from './org/service-app-key.ts';

export { ROLE_TYPES, type RoleType, type Sandbox } from '../sandbox/sandbox.ts';
export { TEMP_PASSWORD_QUERIES } from '../sandbox/options.ts';

/** The sandbox as the command line asks for it. */
export interface SandboxRequest extends Omit<SandboxOptions, 'chaos' | 'limits' | 'app'> {
  /** Calls per window of the bucket that every reset counts against; the other buckets keep Okta's numbers. */
  readonly limit: 'off' | number | undefined;
  readonly chaos: string | undefined;
  /** An OAuth service app, whose private key is in a file; made where there is none. */
  readonly serviceApp?:
    | {
        readonly keyFile: string;
        readonly dpop: boolean;
        /** What it was granted; undefined: all there is. */
        readonly scopes: readonly string[] | undefined;
      }
    | undefined;
}

/** Starts a local Okta org in this process. Rejects with USAGE for options that make no sense, CONFIG_CREDENTIALS for the key. */
export async function openSandbox(request: SandboxRequest, context: AppContext): Promise<Sandbox> {
  const { limit, chaos, serviceApp, ...options } = request;
  const app =
    serviceApp === undefined
      ? undefined
      : {
          keys: [await publicKeyOf(resolve(context.host.cwd, serviceApp.keyFile))],
          scopes: serviceApp.scopes,
          dpop: serviceApp.dpop,
        };
  return startSandbox(
    {
      ...options,
      app,
      limits: limit === 'off' ? 'off' : limit === undefined ? undefined : { users: limit },
      chaos: chaos === undefined ? undefined : parseChaos(chaos),
    },
    { clock: context.host.clock },
  );
}
