import { proxyOf } from '../../okta/http/dispatcher.ts';
import { good, type Finding } from './finding.ts';

type Env = Readonly<Record<string, string | undefined>>;

function proxyText(origin: string, env: Env): string {
  const proxy = proxyOf(origin, env);
  if (proxy === undefined) return 'no proxy';
  // Only the host, because a proxy's URL can contain its password.
  const through = `through the proxy ${new URL(proxy).host}`;
  const except = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').trim();
  return except === '' ? through : `${through}, except for ${except} (NO_PROXY)`;
}

/** Describes how the org is reached: TLS, the trusted certificates, and the proxy from the environment. */
export function checkWay(origin: string, env: Env): Finding {
  const extra = env['NODE_EXTRA_CA_CERTS'] ?? '';
  const too = extra === '' ? '' : `, also against ${extra} (NODE_EXTRA_CA_CERTS)`;
  const secure = origin.startsWith('https:')
    ? `TLS; certificates are checked${too}`
    : 'plain http, for an org on this machine only';
  return good('way', `${secure}; ${proxyText(origin, env)}`);
}
