/** Parts of both answers and events. */
import type { Outcome } from '../../domain/row/outcome.ts';

/** Any answer other than 2xx. `code` is from the catalog (`okta-reset explain CODE`), or one of `ConsoleRefusal`. */
export interface ApiError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Refusals by the console itself: 400, 401, 403, 404, 405, 409, 413, 415, 429, 503. */
export type ConsoleRefusal =
  | 'BAD_REQUEST'
  /** There is no session, or it has ended. The link in the terminal must be opened again. */
  | 'NO_SESSION'
  | 'FOREIGN_REQUEST'
  | 'NOT_FOUND'
  | 'NOT_NOW'
  | 'TOO_LARGE'
  | 'TOO_MANY'
  /** The console is ending after Ctrl-C. */
  | 'CLOSING';

/** The org that the console is connected to. */
export interface Connection {
  readonly state: 'none' | 'checking' | 'connected' | 'failed';
  readonly kind: 'token' | 'profile' | 'environment' | 'sandbox' | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** The owner of the credential, if known: a login, or the client id of a service app. */
  readonly principal: string | undefined;
  /** Doctor's checks, in the order in which they came. */
  readonly findings: readonly {
    readonly level: 'good' | 'warning' | 'bad';
    readonly subject: string;
    readonly found: string;
    /** What to do if the check failed. */
    readonly remedy: string | undefined;
  }[];
  /** What the console is waiting for; undefined if nothing takes long. */
  readonly waitsFor: string | undefined;
  /** How the URL was understood, and what should be corrected. */
  readonly notes: readonly Note[];
  readonly error: ApiError | undefined;
  /** An export of the sandbox's users, ready as an upload; undefined for a real org. */
  readonly sample: string | undefined;
}

export interface Note {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly hint?: string | undefined;
}

/** POST /api/uploads and its parts. */
export interface UploadInfo {
  readonly id: string;
  /** Its name in a command line, which no other upload has. */
  readonly name: string;
  readonly bytes: number;
  readonly complete: boolean;
}

/** A next step for a run, and the command that does the same. */
export interface NextStep {
  readonly why: string;
  readonly command: string;
  /** Which of the console's own actions does it; undefined if only the terminal can. */
  readonly does:
    | { readonly kind: 'execute' | 'resume' | 'followup' | 'hand-over' }
    | { readonly kind: 'rerun'; readonly only: readonly Outcome[] | undefined }
    | {
        readonly kind: 'resend';
        readonly only: readonly string[];
        readonly action: string | undefined;
      }
    | { readonly kind: 'open'; readonly run: string }
    | undefined;
}
