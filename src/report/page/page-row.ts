/**
 * A row inside report.html: row number, outcome (its place in OUTCOMES), who, user id, why (a code or reason), HTTP
 * status or 0, what Okta said, request id, attempts, started, finished, where it stood in the input, our reason, how the
 * input named the user, the cells of the input’s own columns.
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
