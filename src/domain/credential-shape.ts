/**
 * Letters and digits without a dot, slash or space, longer than ids (20) and run ids (21). Okta's API tokens have 42, and
 * JWTs have hundreds.
 */
const TOKEN = /^(?:SSWS\s+(?=\S))?(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[\w-]{30,}$/i;
const JWT = /^eyJ[\w-]{10,}\.[\w-]+/;

/** A public key of age, which is meant to be shown and to be typed again. */
const PUBLIC_KEY = /^age1[a-z0-9]+$/;
/** A part of a name between dashes: a word, a number, or a few characters. A token does not have such parts. */
const NAME_PART = /^(?:[a-z]{0,14}|\d{0,14}|\w{1,4})$/i;

function isName(text: string): boolean {
  return PUBLIC_KEY.test(text) || text.split(/[-_]/).every((part) => NAME_PART.test(part));
}

/** Tells whether a word that was typed instead of a name looks like a token, and so must not be shown. */
export function looksLikeToken(word: string): boolean {
  const text = word.trim();
  if (JWT.test(text) || /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)) return true;
  return TOKEN.test(text) && !isName(text);
}

const INSTEAD = '(looks like a token, not shown)';

/** Makes a function that removes the words of a command line that look like tokens from a text. */
export function withoutTokensOf(argv: readonly string[]): (text: string) => string {
  const words = argv.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  const tokens = words.filter(looksLikeToken).sort((a, b) => b.length - a.length);
  return (text) => tokens.reduce((masked, token) => masked.replaceAll(token, INSTEAD), text);
}

/** Returns a word in the form that a message can show: a token is replaced by a description. */
export function shownWord(word: string): string {
  return looksLikeToken(word) ? INSTEAD : word;
}
