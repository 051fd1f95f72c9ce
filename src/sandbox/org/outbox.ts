import { Column } from './column.ts';

export const MAIL_TYPES = ['reset-password', 'forgot-password', 'activation'] as const;
export type MailType = (typeof MAIL_TYPES)[number];

/** An email that the org “sent”. */
export interface Mail {
  /** The primary address, and the secondary one if there is one. */
  readonly to: readonly string[];
  readonly userId: string;
  readonly type: MailType;
  /** ISO 8601, by Okta's clock. */
  readonly time: string;
}

/** Every email in order, a few bytes each. */
export class Outbox {
  readonly #users = new Column(Uint32Array);
  readonly #types = new Column(Uint8Array);
  readonly #times = new Column(Float64Array);
  readonly #describe: (index: number) => {
    readonly to: readonly string[];
    readonly userId: string;
  };

  constructor(
    describe: (index: number) => { readonly to: readonly string[]; readonly userId: string },
  ) {
    this.#describe = describe;
  }

  get length(): number {
    return this.#users.length;
  }

  send(index: number, type: MailType, nowMs: number): void {
    this.#users.push(index);
    this.#types.push(MAIL_TYPES.indexOf(type));
    this.#times.push(nowMs);
  }

  *mails(): Generator<Mail> {
    for (let i = 0; i < this.#users.length; i += 1) {
      yield {
        ...this.#describe(this.#users.at(i)),
        type: MAIL_TYPES[this.#types.at(i)] ?? 'reset-password',
        time: new Date(this.#times.at(i)).toISOString(),
      };
    }
  }
}
