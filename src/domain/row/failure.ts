/**
 * Why a call did not succeed. `effect` says what is known of a write: it did not happen (`none`), or it may
 * have (`possible`). For reads it means nothing.
 */
export type Failure =
  /** Okta answered with an error status. `oktaCode` is absent where the body is not Okta's (a proxy, an outage page). */
  | {
      readonly kind: 'okta';
      readonly status: number;
      readonly oktaCode: string | undefined;
      /** Okta's summary and causes, cut to a line; for people, never for decisions. */
      readonly message: string;
      readonly requestId: string | undefined;
      /** `www-authenticate: … error="insufficient_scope"` was present. */
      readonly insufficientScope: boolean;
      /** The scopes that the challenge names as missing. */
      readonly missingScope?: string | undefined;
      /** A web page came in place of Okta’s answer: its title, empty where it has none. */
      readonly page?: string | undefined;
      readonly throttle: Throttle | undefined;
      readonly effect: 'none' | 'possible';
    }
  /** Nothing usable came back: the request was never sent, or its answer was lost. */
  | {
      readonly kind: 'transport';
      /** `ECONNREFUSED`, `UND_ERR_SOCKET`, … */
      readonly code: string;
      readonly message: string;
      /** The status, where it arrived before the body broke. */
      readonly status: number | undefined;
      readonly requestId: string | undefined;
      readonly effect: 'none' | 'possible' | 'certain';
    }
  /** A 2xx whose body is not what the endpoint promises (a temporary password that is not there). */
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** A web page came in place of Okta’s answer: its title, empty where it has none. */
      readonly page?: string | undefined;
      readonly message: string;
      readonly requestId: string | undefined;
      readonly effect: 'certain';
    };

/** What a 429 says: the bucket's window is spent, too many calls are in flight, or this one recipient was just mailed. */
export type Throttle =
  | { readonly kind: 'window' }
  | { readonly kind: 'concurrency' }
  | { readonly kind: 'recipient'; readonly waitMs: number };
