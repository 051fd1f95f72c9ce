declare const brand: unique symbol;

/** A checked Okta user id: safe in a URL, compared case-sensitively. */
export type UserId = string & { readonly [brand]: 'UserId' };

const USER_ID = /^00u[A-Za-z0-9]{17}$/;
const OKTA_ID = /^(?:0[0-9a-z][a-z]|[a-z]{3})[A-Za-z0-9]{17}$/;

/** Returns the text if it has the shape of an Okta user id (`00u` and 17 letters or digits), else undefined. */
export function parseUserId(text: string): UserId | undefined {
  return USER_ID.test(text) ? (text as UserId) : undefined;
}

/** Tells whether a text has the shape of any Okta object id (a group's `00g…`, an app's `0oa…`, …). */
export function looksLikeOktaId(text: string): boolean {
  return text.length === 20 && OKTA_ID.test(text);
}
