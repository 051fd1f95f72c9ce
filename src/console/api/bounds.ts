/** How much the console takes at once. Each is a bound against a page gone wild, not a figure to tune. */
export const BOUNDS = {
  /** A request's body: a part of an upload in base64, and its envelope. */
  bodyBytes: 1_500_000,
  /** A part of an upload, before base64. */
  partBytes: 1_048_576,
  /** An uploaded file: a million rows with a dozen columns have some 200 MB. */
  uploadBytes: 512 * 1024 * 1024,
  uploads: 50,
  drafts: 50,
  /** Browsers that have opened a link of the terminal. */
  sessions: 8,
  /** Event streams open at once: a tab has one. */
  streams: 32,
  rowsPerPage: 200,
  /** Rows of the tail and of each question. */
  tailRows: 20,
  /** Kinds of failure that are told apart. */
  failureGroups: 50,
  /** A session without a request ends after this long, unless a run is under way. */
  idleMs: 8 * 3_600_000,
  /** A stream says that it lives this often. */
  heartbeatMs: 15_000,
  /** Progress is told at most this often. */
  tellEveryMs: 250,
  /** A search answers with what it has found after this long; the next request goes on from there. */
  scanMs: 600,
  /** Users that a live count pages through; beyond them it says “more”. */
  countedUsers: 2000,
} as const;

/** The header that carries the key which only the page holds. */
export const KEY_HEADER = 'x-console-key';
