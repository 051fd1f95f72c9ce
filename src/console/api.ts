/**
 * The contract between page and server: every route, its input and its answer. The page imports types only.
 *
 * Each request has the cookie of the session and the header `X-Console-Key`; a POST is `application/json`, `{}` if it has no
 * content. An answer other than 2xx is an `ApiError`. GET never changes anything. `:run`, `:row` and so on are ids that the
 * API itself has returned. The page's own addresses (`/`, `/connect`, `/new/:draft/…`, `/runs/:run/…`) all return the shell.
 *
 * Undefined values are left out of the JSON. Texts name commands as `okta-reset …`, which the page shows through
 * `asCalled(text, State.program)`. Logins, columns and messages come from outside. They are text, never markup, and can
 * contain any control characters.
 */
import type { Count, Draft, Groups, MadeKey, Peek, PlanningBegun, State } from './api/answers.ts';
import type { ConsoleEvent, Planning, TakenFollowup } from './api/live.ts';
import type { Connection, UploadInfo } from './api/parts.ts';
import type {
  AnswerRequest,
  ConnectRequest,
  ConsentQuery,
  CountQuery,
  DraftRequest,
  ExecuteRequest,
  FollowupRequest,
  GroupsQuery,
  HandedOverRequest,
  PartRequest,
  PeekQuery,
  RerunRequest,
  ResendRequest,
  RowsQuery,
  StopRequestBody,
  UploadRequest,
} from './api/requests.ts';
import type {
  CheckedSeal,
  Consent,
  Handover,
  MadeSeal,
  RowDetail,
  Rows,
  RunDetail,
  Runs,
  RunSummary,
  ShownSecret,
} from './api/run-answers.ts';

type Nothing = Readonly<Record<string, never>>;

/** Every GET, with its query and its answer. */
export interface Gets {
  '/api/state': { query: Nothing; answer: State };
  '/api/events': { query: { after?: string }; answer: AsyncIterable<ConsoleEvent> };
  '/api/groups': { query: GroupsQuery; answer: Groups };
  '/api/count': { query: CountQuery; answer: Count };
  '/api/drafts/:draft': { query: Nothing; answer: Draft };
  '/api/drafts/:draft/peek': { query: PeekQuery; answer: Peek };
  '/api/plannings/:planning': { query: Nothing; answer: Planning };
  '/api/runs': { query: Nothing; answer: Runs };
  '/api/runs/:run': { query: Nothing; answer: RunDetail };
  '/api/runs/:run/consent': { query: ConsentQuery; answer: Consent };
  '/api/runs/:run/summary': { query: Nothing; answer: RunSummary };
  /** Compares every file of the run with its seal. */
  '/api/runs/:run/seal': { query: Nothing; answer: CheckedSeal };
  '/api/runs/:run/rows': { query: RowsQuery; answer: Rows };
  '/api/runs/:run/rows/:row': { query: Nothing; answer: RowDetail };
  /**
   * The bytes of the file, to be saved: `Content-Disposition: attachment`. Read it with fetch, because a link sends no key.
   */
  '/api/runs/:run/files/:kind': { query: Nothing; answer: Blob };
}

/** Every POST, with its body and its answer. */
export interface Posts {
  '/api/connect': { body: ConnectRequest; answer: Connection };
  /** Refused with NOT_NOW while a run is in progress. */
  '/api/disconnect': { body: Nothing; answer: Connection };
  '/api/keys': { body: Nothing; answer: MadeKey };
  '/api/uploads': { body: UploadRequest; answer: UploadInfo };
  '/api/uploads/:upload/parts': { body: PartRequest; answer: UploadInfo };
  '/api/drafts': { body: DraftRequest; answer: Draft };
  '/api/drafts/:draft': { body: DraftRequest; answer: Draft };
  '/api/drafts/:draft/plan': { body: Nothing; answer: PlanningBegun };
  '/api/plannings/:planning/cancel': { body: Nothing; answer: Planning };
  '/api/runs/:run/execute': { body: ExecuteRequest; answer: Nothing };
  '/api/runs/:run/resume': { body: ExecuteRequest; answer: Nothing };
  '/api/runs/:run/answer': { body: AnswerRequest; answer: Nothing };
  '/api/runs/:run/stop': { body: StopRequestBody; answer: Nothing };
  '/api/runs/:run/rerun': { body: RerunRequest; answer: PlanningBegun };
  '/api/runs/:run/followup': { body: FollowupRequest; answer: TakenFollowup };
  '/api/runs/:run/resend': { body: ResendRequest; answer: PlanningBegun };
  /** Writes the report files of the run again, from its journal. */
  '/api/runs/:run/report': { body: Nothing; answer: RunDetail };
  /** Seals the run as it is now, without a signature. */
  '/api/runs/:run/seal': { body: Nothing; answer: MadeSeal };
  '/api/runs/:run/rows/:row/secret': { body: Nothing; answer: ShownSecret };
  '/api/runs/:run/rows/:row/handed-over': { body: HandedOverRequest; answer: Handover };
}
