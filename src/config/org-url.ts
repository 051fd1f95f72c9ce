import { AppError } from '../domain/codes/app-error.ts';

export interface OrgUrl {
  /** `https://acme.okta.com`, no trailing slash. */
  readonly origin: string;
  /** The host, with a port if there is one. */
  readonly host: string;
}

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const ADMIN =
  /^([a-z0-9-]+?)-admin(\.(?:okta|oktapreview|okta-emea|okta-gov|okta\.mil|trexcloud)\b.*|\.okta\.[a-z.]+)$/i;

function refuse(code: 'CONFIG_ORG_URL' | 'CONFIG_ORG_INSECURE', message: string, hint: string) {
  return new AppError(code, message, { hint });
}

/**
 * Parses an address as a URL, because an admin also copies `acme.okta.com`; undefined for anything that is not a web
 * address.
 */
function urlOf(text: string): URL | undefined {
  const bare = /^(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::\d{1,5})?(?:[/?#]|$)/i.test(text);
  const host = text.split(/[/?#]/, 1)[0] ?? '';
  const scheme = LOOPBACK.test(host.replace(/:\d+$/, '')) ? 'http' : 'https';
  const full =
    bare && (host.includes('.') || scheme === 'http') && !text.includes('://')
      ? `${scheme}://${text}`
      : text;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  return url !== undefined && ['https:', 'http:'].includes(url.protocol) ? url : undefined;
}

/** Returns the org's own host if this is the host of its Admin Console. */
function orgHostOf(url: URL): string {
  const admin = ADMIN.exec(url.hostname);
  if (admin === null) return url.host;
  const port = url.port === '' ? '' : `:${url.port}`;
  return `${admin[1] ?? ''}${admin[2] ?? ''}${port}`;
}

/**
 * Parses any URL of an org that an admin copies: only the host, a page of the Admin Console, the `-admin` host, or with a
 * path. Only the org's origin is kept. Rejects with CONFIG_ORG_URL or CONFIG_ORG_INSECURE.
 */
export function parseOrgUrl(text: string): OrgUrl {
  const trimmed = text.trim();
  const url = urlOf(trimmed);
  if (url === undefined) {
    throw refuse(
      'CONFIG_ORG_URL',
      trimmed === '' ? 'The org URL is empty.' : `The org URL “${trimmed}” is not a web address.`,
      'Example: --org https://acme.okta.com',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse(
      'CONFIG_ORG_URL',
      'The org URL contains a user name or a password.',
      'Give the URL without them. Credentials go into OKTA_CLIENT_TOKEN or --token-file.',
    );
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw refuse(
      'CONFIG_ORG_INSECURE',
      `Plain http to ${url.host} would send the credential unencrypted.`,
      `Use https: --org https://${orgHostOf(url)} (http is for a sandbox on this machine only)`,
    );
  }
  const host = orgHostOf(url);
  return { origin: `${url.protocol}//${host}`, host };
}

/** Says what a URL was reduced to; undefined if it was already the org's origin, except for a trailing slash. */
export function reductionText(text: string, { origin, host }: OrgUrl): string | undefined {
  const plain = text.trim().replace(/\/$/, '').toLowerCase();
  return plain === origin || plain === host
    ? undefined
    : `The org is ${origin}; the rest of its URL is left out.`;
}
