/**
 * A row inside report.html: row number, outcome (its index in OUTCOMES), who, user id, why (a code or reason), HTTP status
 * or 0, Okta's message, request id, attempts, started, finished, source and line in the input, our reason, how the input
 * named the user, and the cells of the input's own columns.
 */
export type PageRow = readonly [
  number,
  number,
  string,
  string,
  string,
  number,
  string,
  string,
  number,
  string,
  string,
  string,
  string,
  string,
  readonly string[],
];
