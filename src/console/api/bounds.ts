/** How much the console accepts at once. Each is a limit against a faulty page, not a number to tune. */
export const BOUNDS = {
  /** A request's body: a part of an upload in base64, and what surrounds it. */
  bodyBytes: 1_500_000,
  /** A part of an upload, before base64. */
  partBytes: 1_048_576,
  /** An uploaded file: a million rows with a dozen columns have about 200 MB. */
  uploadBytes: 512 * 1024 * 1024,
  uploads: 50,
  drafts: 50,
  /** Browsers that have opened a link from the terminal. */
  sessions: 8,
  /** Event streams open at once: each tab has one. */
  streams: 32,
  rowsPerPage: 200,
  /** Rows in the tail and in each question. */
  tailRows: 20,
  /** Kinds of failure that are distinguished. */
  failureGroups: 50,
  /** A session without a request ends after this time, unless a run is in progress. */
  idleMs: 8 * 3_600_000,
  /** How often a stream shows that it is alive. */
  heartbeatMs: 15_000,
  /** Progress is sent at most this often. */
  tellEveryMs: 250,
  /** A search answers with what it has found after this time; the next request continues from there. */
  scanMs: 600,
  /** Users that a live count reads; beyond them it says “more”. */
  countedUsers: 2000,
} as const;

/** The header with the key that only the page has. */
export const KEY_HEADER = 'x-console-key';
