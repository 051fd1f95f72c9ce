/**
 * What the page can ask: the body of each POST and the query of each GET. The server parses with these; the page imports
 * only the types.
 */
import { z } from 'zod';
import { OUTCOMES } from '../../domain/row/outcome.ts';
import { BOUNDS } from './bounds.ts';

const text = (most: number) => z.string().max(most);
const id = z.string().regex(/^[\w.-]{1,128}$/);
const whole = z.number().int().min(0).max(1_000_000_000);
const queried = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);

/** Flags by name, as in the command line, with the values of each, none for a switch. Null removes a flag. */
const flags = z.record(z.string().max(64), z.array(text(10_000)).max(5000).nullable());
export type FlagChanges = z.infer<typeof flags>;

/** POST /api/connect. Answers 202; progress comes as `connection` events. */
export const CONNECT = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('token'), url: text(2000), token: text(4096) }),
  /** A profile of okta.yaml, one of `State.known.profiles`. */
  z.strictObject({ kind: z.literal('profile'), profile: text(200) }),
  /** Whatever the flags, environment or okta.yaml of the console's process say. */
  z.strictObject({ kind: z.literal('environment') }),
  z.strictObject({ kind: z.literal('sandbox'), users: whole.min(1).max(100_000).optional() }),
]);
export type ConnectRequest = z.infer<typeof CONNECT>;

/** POST /api/uploads. A `pasted` list needs no header: each line is an id, a login or an email address. */
export const UPLOAD = z.strictObject({ name: text(255), pasted: z.boolean().optional() });
export type UploadRequest = z.infer<typeof UPLOAD>;

/**
 * POST /api/uploads/:id/parts. `part` counts from 0. If the same part comes twice, it is accepted once. `last` completes the
 * file.
 */
export const PART = z.strictObject({
  part: whole,
  base64: text(Math.ceil(BOUNDS.partBytes / 3) * 4 + 4),
  last: z.boolean(),
});
export type PartRequest = z.infer<typeof PART>;

/** POST /api/drafts and POST /api/drafts/:id. Each flag that is given replaces the earlier one of its name. */
export const DRAFT = z.strictObject({
  flags: flags.optional(),
  /** Ids of uploads whose rows are selected, and of those that are excluded. */
  files: z.array(id).max(BOUNDS.uploads).optional(),
  excludes: z.array(id).max(BOUNDS.uploads).optional(),
});
export type DraftRequest = z.infer<typeof DRAFT>;

/** GET /api/drafts/:id/peek. `whole` reads the file to its end and counts its rows. */
export const PEEK = z.strictObject({
  upload: id,
  whole: z.literal('yes').optional(),
});
export type PeekQuery = z.input<typeof PEEK>;

/** GET /api/groups. */
export const GROUPS = z.strictObject({ search: text(200) });
export type GroupsQuery = z.input<typeof GROUPS>;

/** GET /api/count, with exactly one of these. */
export const COUNT = z
  .strictObject({
    search: text(4000).optional(),
    filter: text(4000).optional(),
    group: text(200).optional(),
    all: z.literal('yes').optional(),
  })
  .refine((query) => Object.values(query).filter((value) => value !== undefined).length === 1);
export type CountQuery = z.input<typeof COUNT>;

/** GET /api/runs/:id/consent: the sentence for everything that is left, or with `canary` for the first users. */
export const CONSENT = z.strictObject({ canary: text(64).optional() });
export type ConsentQuery = z.input<typeof CONSENT>;

/** GET /api/runs/:id/rows. A row must match all given filters. Each can have several values, separated by commas. */
export const ROWS = z.strictObject({
  /** The first row: `next` of the earlier answer, or 1 by default. */
  from: queried.optional(),
  count: queried.pipe(z.number().min(1).max(BOUNDS.rowsPerPage)).optional(),
  /** In every column, ignoring case. */
  search: text(200).optional(),
  verdict: z.enum(['act', 'skip']).optional(),
  reason: text(2000).optional(),
  outcome: text(200).optional(),
  /** As in `FailureGroup.code`. */
  error: text(2000).optional(),
  /** Rows with a secret that was handed over, or not yet. */
  handed: z.enum(['yes', 'no']).optional(),
  /** The rows as they are now. Otherwise those of a run in progress can be some seconds old. */
  fresh: z.literal('yes').optional(),
});
export type RowsQuery = z.input<typeof ROWS>;

/** POST /api/runs/:id/execute and …/resume. Answers 202; progress comes as `run` events. */
export const EXECUTE = z.strictObject({
  /** `RunDetail.shown` of the run as the page showed it. Nothing else is executed. */
  shown: z.string().regex(/^[0-9a-f]{64}$/),
  /** `COUNT@HOST` as typed. Not needed for a begun run whose consent is proved. */
  confirm: text(300).optional(),
  /** Flags of pace and guards (`canary`, `max-failures`, `per-minute`, …), in place of those of the run's draft. */
  flags: flags.optional(),
});
export type ExecuteRequest = z.infer<typeof EXECUTE>;

/** POST /api/runs/:id/answer, to the question in `LiveRun.question`. A yes contains what the question says to type. */
export const ANSWER = z.strictObject({
  question: id,
  goOn: z.boolean(),
  confirm: text(300).optional(),
});
export type AnswerRequest = z.infer<typeof ANSWER>;

/** POST /api/runs/:id/stop. `drain`: no new calls, and calls in flight are settled; `leave`: at once, only after a drain. */
export const STOP = z.strictObject({ phase: z.enum(['drain', 'leave']) });
export type StopRequestBody = z.infer<typeof STOP>;

/** POST /api/runs/:id/rerun. Answers 202 with `{ planning }`. */
export const RERUN = z.strictObject({
  /** Failed and not attempted by default. Unknown ones only if named. */
  only: z.array(z.enum(OUTCOMES)).min(1).optional(),
  errors: z.array(text(100)).min(1).max(100).optional(),
  rows: z.array(whole.min(1)).min(1).max(1000).optional(),
  flags: flags.optional(),
});
export type RerunRequest = z.infer<typeof RERUN>;

/** POST /api/runs/:id/followup. Answers 202; the result comes as a `followup` event. */
export const FOLLOWUP = z.strictObject({ linkLifetime: text(20).optional() });
export type FollowupRequest = z.infer<typeof FOLLOWUP>;

/** POST /api/runs/:id/resend. Answers 202 with `{ planning }`. */
export const RESEND = z.strictObject({
  only: z.array(text(40)).min(1).max(20).optional(),
  flags: flags.optional(),
});
export type ResendRequest = z.infer<typeof RESEND>;

/** POST /api/runs/:id/rows/:row/handed-over. */
export const HANDED_OVER = z.strictObject({ done: z.boolean() });
export type HandedOverRequest = z.infer<typeof HANDED_OVER>;

/** POST bodies without content: disconnect, plan, cancel, secret, report, keys, sign-out. */
export const NOTHING = z.strictObject({});

/** GET /api/events. */
export const EVENTS = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional(),
});
