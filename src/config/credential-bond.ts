import { AppError } from '../domain/codes/app-error.ts';
import { parseOrgUrl, type OrgUrl } from './org-url.ts';

/** Where a setting comes from: a flag, the environment, the user's own file, or `okta.yaml` in the working folder. */
export type Place = 'flag' | 'environment' | 'home' | 'folder';

/** The URL to be called, and what named it. */
export interface NamedUrl extends OrgUrl {
  readonly place: Place;
  /** For messages: `--org`, `the environment`, a path. */
  readonly from: string;
}

/** Where the credential comes from, and the URL that it came with, if any. */
export interface Holder {
  readonly place: Place;
  readonly from: string;
  readonly orgUrl: string | undefined;
}

/** Makes the error of a credential that is not sent, or cannot be. */
export function refuse(message: string, hint: string): AppError {
  return new AppError('CONFIG_CREDENTIALS', message, { hint });
}

/**
 * Refuses to send a credential to a place that nobody intended. A credential that came with a URL goes only to that URL. One
 * without a URL goes where a flag, the environment or the user's own file says, but never where `./okta.yaml` says, because
 * anybody could have written that. Throws CONFIG_CREDENTIALS, which names the two sources that disagree.
 */
export function checkBond(url: NamedUrl, holder: Holder): void {
  if (holder.orgUrl !== undefined) {
    const theirs = parseOrgUrl(holder.orgUrl);
    if (theirs.origin === url.origin) return;
    // For a credential, one host with http and with https is two orgs.
    const part = theirs.host === url.host ? 'origin' : 'host';
    throw refuse(
      `The credential from ${holder.from} belongs to ${theirs[part]}, which is next to it; ${url.from} names ${url[part]}.`,
      `It goes to ${theirs[part]} only. For ${url[part]} pass --token-file FILE, or name one org in both places.`,
    );
  }
  if (url.place !== 'folder' || holder.place === 'folder') return;
  throw refuse(
    `The credential from ${holder.from} does not go to ${url.host}, which only ${url.from} names: somebody else may have put that file there.`,
    `If you mean this org: --org ${url.origin}. Or keep the credential next to the URL, in one file.`,
  );
}
