/** Letters without a dot, a slash or a blank, longer than ids (20) and run ids (21): Okta's API tokens have 42, JWTs hundreds. */
const TOKEN = /^(?:SSWS\s+)?(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[\w-]{30,}$/i;
const JWT = /^eyJ[\w-]{10,}\.[\w-]+/;

/** Tells whether a word typed where a name belongs looks like a token, so that it must not be shown. */
export function looksLikeToken(word: string): boolean {
  const text = word.trim();
  return TOKEN.test(text) || JWT.test(text) || /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}

/** Returns a word as a message may show it: a token's place is taken by words. */
export function shownWord(word: string): string {
  return looksLikeToken(word) ? '(looks like a token, not shown)' : word;
}
