import type { SecretText } from '../domain/org/org.ts';

const MASK = '[secret]';

/** Shorter texts are not masked by value, because that would remove ordinary words. */
const SHORTEST = 6;

interface Shape {
  readonly pattern: RegExp;
  readonly replacement: string;
}

const KEYS = [
  'tempPassword',
  'password',
  'newPassword',
  'oldPassword',
  'resetPasswordUrl',
  'recoveryToken',
  'activationToken',
  'activationUrl',
  'access_token',
  'client_assertion',
  'client_secret',
  'privateKey',
  'private_key',
].join('|');

// Each repetition ends at a character that it cannot contain, so that no text makes a pattern backtrack for long.
const SHAPES: readonly Shape[] = [
  {
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
    replacement: MASK,
  },
  { pattern: /AGE-SECRET-KEY-[A-Z0-9-]+/gi, replacement: MASK },
  { pattern: /\b(SSWS)(\s+|%20)[^\s"'\\,;<>]+/gi, replacement: `$1$2${MASK}` },
  { pattern: /\b(Bearer|DPoP|Basic)(\s+)[A-Za-z0-9._~+/=-]{12,}/gi, replacement: `$1$2${MASK}` },
  {
    pattern:
      /\b(authorization|dpop)(\\?["']?\s*[:=]\s*\\?["']?)(?!SSWS|Bearer|DPoP|Basic)[^\s"'\\,;<>]+/gi,
    replacement: `$1$2${MASK}`,
  },
  // A JWT, signed (three parts) or encrypted (five), or its beginning.
  { pattern: /\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}/g, replacement: MASK },
  {
    pattern:
      /((?:\/|%2F)(?:reset_password|reset-password|welcome|recovery|tokens)(?:\/|%2F))[A-Za-z0-9._~-]+/gi,
    replacement: `$1${MASK}`,
  },
  {
    pattern:
      /([?&#](?:token|recoveryToken|activationToken|stateToken|ott|code|access_token|client_assertion|client_secret)=)[^\s&#"'\\<>]+/gi,
    replacement: `$1${MASK}`,
  },
  {
    pattern: new RegExp(`("(?:${KEYS})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)+`, 'g'),
    replacement: `$1${MASK}`,
  },
  // The same inside a JSON string, in the form in which a log line quotes a body.
  {
    pattern: new RegExp(
      `(\\\\"(?:${KEYS})\\\\"\\s*:\\s*\\\\")(?:\\\\{3}"|[^\\\\"]|\\\\(?!"))+`,
      'g',
    ),
    replacement: `$1${MASK}`,
  },
  // The private members of a JWK.
  {
    pattern: /(\\?"(?:d|p|q|dp|dq|qi)\\?"\s*:\s*\\?")[A-Za-z0-9_-]{20,}/g,
    replacement: `$1${MASK}`,
  },
];

/**
 * Masks secrets in text: registered ones by value, and everything that has the shape of a known kind of secret. For errors,
 * logs and anything printed.
 */
export class Redactor {
  // The longest first, so that a secret inside a longer one leaves nothing behind.
  #texts: readonly string[] = [];

  /**
   * Masks this secret from now on, as it is and as it looks inside JSON or a URL. If it has fewer than 6 characters, only
   * its shape masks it.
   */
  register(secret: SecretText): void {
    const text = secret.reveal();
    if (text.length < SHORTEST) return;
    const forms = [
      text,
      JSON.stringify(text).slice(1, -1),
      encodeURIComponent(Buffer.from(text).toString()),
    ];
    this.#texts = [...new Set([...this.#texts, ...forms])].sort((a, b) => b.length - a.length);
  }

  /** Returns the text with every known secret replaced by `[secret]`. */
  redact(text: string): string {
    let clean = text;
    for (const secret of this.#texts) clean = clean.replaceAll(secret, MASK);
    for (const { pattern, replacement } of SHAPES) clean = clean.replace(pattern, replacement);
    return clean;
  }
}
