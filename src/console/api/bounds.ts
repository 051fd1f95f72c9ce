/** How much the console accepts at once. These limits protect against a faulty page, and are not meant for tuning. */
export const BOUNDS = {
  /** The body of a request: a part of an upload in base64, and what surrounds it. */
  bodyBytes: 1_500_000,
  /** A part of an upload, before base64. */
  partBytes: 1_048_576,
  /** An uploaded file. A million rows with a dozen columns take about 200 MB. */
  uploadBytes: 512 * 1024 * 1024,
  uploads: 50,
  drafts: 50,
  /** Browsers that have opened a link from the terminal. */
  sessions: 8,
  /** Open event streams, of which each tab has one. */
  streams: 32,
  rowsPerPage: 200,
  /** Rows in the tail, and in each question. */
  tailRows: 20,
  /** How many kinds of failure are distinguished. */
  failureGroups: 50,
  /** A session ends after this time without a request, unless a run is in progress. */
  idleMs: 8 * 3_600_000,
  /** How often a stream shows that it is alive. */
  heartbeatMs: 15_000,
  /** The shortest time between two reports of progress. */
  tellEveryMs: 250,
  /** After this time, a search answers with what it has found. The next request continues from there. */
  scanMs: 600,
  /** How many users a live count reads before it says “more”. */
  countedUsers: 2000,
} as const;

/** The header with the key that only the page has. */
export const KEY_HEADER = 'x-console-key';
