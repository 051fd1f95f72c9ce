const MAX_LENGTH = 300;

const SECRETS =
  /(?:SSWS|Bearer|DPoP)\s+[^\s"',]+|eyJ[\w-]{5,}(?:\.[\w-]*){0,4}|(?:reset_password|reset-password|welcome|signin\/verify|(?<=\/)tokens)\/[^\s"']+/gi;

/**
 * Returns text from outside as one printable line of at most 300 characters, in which anything that looks like a secret is
 * masked.
 */
export function failureText(text: string): string {
  const line = text
    .slice(0, 4 * MAX_LENGTH)
    // An answer must not be able to control the terminal that shows it.
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g,
      ' ',
    )
    .replace(SECRETS, '[secret]')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
