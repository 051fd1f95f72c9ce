import { EnvHttpProxyAgent, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { AppError } from '../../domain/codes/app-error.ts';
import { transportCodeOf } from './transport-failure.ts';

/** A TCP and TLS handshake that takes longer than this fails. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Idle connections are closed before Okta closes them, so that no write is sent on a closing one. */
const KEEP_ALIVE_MS = 4000;
/**
 * The most header bytes of one answer, because the CSP of some orgs exceeds Node's 16 KiB. Source: recorded answers of real
 * orgs.
 */
const MAX_HEADER_BYTES = 128 * 1024;

export interface DispatcherOptions {
  readonly origin: string;
  readonly connections: number;
  readonly timeoutMs: number;
  /** Read only for `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in upper or lower case. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

function envText(env: DispatcherOptions['env'], name: string): string {
  return (env[name.toLowerCase()] ?? env[name] ?? '').trim();
}

/** Returns the proxy that the environment names for this origin's scheme; undefined if it names none. */
export function proxyOf(origin: string, env: DispatcherOptions['env']): string | undefined {
  const name = origin.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = envText(env, name);
  if (text === '') return undefined;
  const url = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(url) || !/^(https?|socks5?):/i.test(url)) {
    throw new AppError('USAGE', `${name} is not the URL of a proxy.`, {
      hint: `Set ${name} to something like http://proxy.example.com:3128, or unset it.`,
    });
  }
  return url;
}

function proxyError(code: 'PROXY_UNREACHABLE' | 'PROXY_REFUSED', cause: unknown): Error {
  return Object.assign(new Error('The proxy did not open a tunnel', { cause }), { code });
}

/** Error codes of a connection that was never made. */
const UNREACHABLE = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'],
  ...['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/**
 * Makes a pool to the proxy, whose errors are the proxy's and not the org's. undici retries a tunnel without end if the
 * proxy hangs up, unless the error has a code.
 */
function openProxyPool(proxy: URL, options: object): Pool {
  const pool = new Pool(proxy, options);
  const connect: (target: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> =
    pool.connect.bind(pool);
  const connectOnce = async (target: Dispatcher.ConnectOptions) => {
    try {
      return await connect(target);
    } catch (error) {
      const code = transportCodeOf(error, false);
      if (UNREACHABLE.has(code)) throw proxyError('PROXY_UNREACHABLE', error);
      if (code === 'UND_ERR_SOCKET') throw proxyError('PROXY_REFUSED', error);
      throw error;
    }
  };
  return Object.assign(pool, { connect: connectOnce });
}

/** Opens the connections to the origin, through the proxy that the environment names, if any. They connect on first use. */
export function openDispatcher(options: DispatcherOptions): Dispatcher {
  const { origin, connections, timeoutMs, env } = options;
  const connectTimeoutMs = Math.min(timeoutMs, CONNECT_TIMEOUT_MS);
  const common = {
    connections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    allowH2: false,
  };
  // Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED has no effect.
  const checked = { timeout: connectTimeoutMs, rejectUnauthorized: true };
  const proxy = proxyOf(origin, env);
  if (proxy === undefined) {
    return new Pool(origin, { ...common, connect: checked });
  }
  const secure = origin.startsWith('https:');
  return new EnvHttpProxyAgent({
    ...common,
    // An empty text and not undefined, because undici would then read the real environment.
    httpProxy: secure ? '' : proxy,
    httpsProxy: secure ? proxy : '',
    noProxy: envText(env, 'NO_PROXY'),
    connect: checked,
    requestTls: checked,
    proxyTls: checked,
    clientFactory: openProxyPool,
  });
}
