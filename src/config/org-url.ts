import { AppError } from '../domain/app-error.ts';
import { EXIT } from '../domain/exit-code.ts';

export interface OrgUrl {
  /** `https://acme.okta.com`, no trailing slash. */
  readonly origin: string;
  /** The host, with its port where it has one. */
  readonly host: string;
}

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const ADMIN =
  /^([a-z0-9-]+?)-admin(\.(?:okta|oktapreview|okta-emea|okta-gov|okta\.mil|trexcloud)\b.*|\.okta\.[a-z.]+)$/i;

function refuse(
  code: 'CONFIG_ORG_URL' | 'CONFIG_ORG_ADMIN_URL' | 'CONFIG_ORG_INSECURE',
  message: string,
  hint: string,
) {
  return new AppError(code, message, { hint, exitCode: EXIT.usage });
}

/**
 * Parses the org URL. A trailing slash is dropped (SDKs that keep it call `//api/v1`).
 * Rejects with CONFIG_ORG_URL, CONFIG_ORG_ADMIN_URL (the hint has the right URL) or CONFIG_ORG_INSECURE.
 */
export function parseOrgUrl(text: string): OrgUrl {
  const trimmed = text.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    const bare = /^[a-z0-9.-]+(:\d+)?\/?$/i.test(trimmed) && trimmed.includes('.');
    throw refuse(
      'CONFIG_ORG_URL',
      `The org URL “${trimmed}” is not a web address.`,
      bare
        ? `Write it with its scheme: --org https://${trimmed.replace(/\/$/, '')}`
        : 'Example: --org https://acme.okta.com',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse(
      'CONFIG_ORG_URL',
      'The org URL carries a user name or password.',
      'Give the bare URL; credentials go in OKTA_CLIENT_TOKEN or --token-file.',
    );
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw refuse(
      'CONFIG_ORG_URL',
      `The org URL has a path after the host: ${url.pathname}${url.search === '' ? '' : '?…'}`,
      `Give the org alone: --org ${url.origin}`,
    );
  }
  const admin = ADMIN.exec(url.hostname);
  if (admin !== null) {
    const right = `${admin[1] ?? ''}${admin[2] ?? ''}`;
    throw refuse(
      'CONFIG_ORG_ADMIN_URL',
      `${url.hostname} is the Admin Console, not the org's API.`,
      `Use the org URL: --org https://${right}`,
    );
  }
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw refuse(
      'CONFIG_ORG_INSECURE',
      `Plain http to ${url.host} would send the credential in clear.`,
      `Use https: --org https://${url.host} (http is for a sandbox on this machine alone)`,
    );
  }
  return { origin: url.origin, host: url.host };
}
