import { resolve } from 'node:path';
import type { SandboxRequest } from '../config/sandbox.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { parseChaos } from '../sandbox/chaos/chaos.ts';
import type { AppContext } from './context.ts';
import { publicKeyOf } from './org/service-app-key.ts';

export type { Sandbox };

/**
 * Starts a local Okta org in this process. Rejects with USAGE for options that cannot work, CONFIG_CREDENTIALS for the
 * key.
 */
export async function openSandbox(
  request: Partial<SandboxRequest>,
  context: AppContext,
): Promise<Sandbox> {
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
