/**
 * Why a call did not succeed. `effect` says what is known about a write: it had no effect (`none`), or it might have had one
 * (`possible`). It has no meaning for reads.
 */
export type Failure =
  /**
   * Okta answered with an error status. `oktaCode` is absent if the body is not from Okta (a proxy, an outage page).
   */
  | {
      readonly kind: 'okta';
      readonly status: number;
      readonly oktaCode: string | undefined;
      /** Okta's summary and causes, shortened to one line. For people, never for decisions. */
      readonly message: string;
      readonly requestId: string | undefined;
      /** `www-authenticate: … error="insufficient_scope"` was present. */
      readonly insufficientScope: boolean;
      /** The scopes that the challenge names as missing. */
      readonly missingScope?: string | undefined;
      /** A web page came instead of Okta's answer: its title, or an empty text if it has none. */
      readonly page?: string | undefined;
      readonly throttle: Throttle | undefined;
      readonly effect: 'none' | 'possible';
    }
  /** No usable answer came: the request was never sent, or its answer was lost. */
  | {
      readonly kind: 'transport';
      /** `ECONNREFUSED`, `UND_ERR_SOCKET`, … */
      readonly code: string;
      readonly message: string;
      /** The status, if it arrived before the body ended early. */
      readonly status: number | undefined;
      readonly requestId: string | undefined;
      readonly effect: 'none' | 'possible' | 'certain';
    }
  /** A 2xx whose body does not contain what the endpoint promises (such as the temporary password). */
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** A web page came instead of Okta's answer: its title, or an empty text if it has none. */
      readonly page?: string | undefined;
      readonly message: string;
      readonly requestId: string | undefined;
      readonly effect: 'certain';
    };

/**
 * What a 429 means: the window of the bucket is used up, too many calls are in flight, or this recipient has only just been
 * emailed.
 */
export type Throttle =
  | { readonly kind: 'window' }
  | { readonly kind: 'concurrency' }
  | { readonly kind: 'recipient'; readonly waitMs: number };
