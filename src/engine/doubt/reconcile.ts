import type { Answer } from '../../domain/row/call.ts';
import { ACTIONS } from '../../domain/plan/action.ts';
import { judge, type Shown } from './judgement.ts';
import { lastEffectMs, nextLookMs } from './patience.ts';
import {
  factsOf,
  withUser,
  type ActiveRow,
  type ReadingState,
  type RowState,
} from '../row/active-row.ts';
import { decideRead } from '../row/retry.ts';
import { directorySeen } from '../row/directory-password.ts';
import { secretSeen } from './secret-check.ts';
import {
  appliedUnseen,
  AT_ONCE,
  bringsSecret,
  done,
  end,
  expiredOnly,
  isSilent,
  leaveOut,
  notApplied,
  unknown,
} from '../row/transition.ts';
import type { Circumstances, Transition } from '../row/transition.ts';

type Of<Kind extends RowState['kind']> = Extract<RowState, { kind: Kind }>;

/** A row whose user was read, and the state that asked for the read. The read began at `atMs` by the org's clock. */
interface Reading<State extends ReadingState> {
  readonly row: ActiveRow;
  readonly state: State;
  readonly atMs: number;
  readonly around: Circumstances;
}

/** How a row in one state continues after a read that found the user, found none, or failed. */
interface ReadEnds<State extends ReadingState> {
  readonly seen: (reading: Reading<State>, shown: Shown) => Transition;
  readonly gone: (reading: Reading<State>) => Transition;
  readonly unreadable: (reading: Reading<State>) => Transition;
}

const READS: { readonly [Kind in ReadingState['kind']]: ReadEnds<Of<Kind>> } = {
  settling: {
    seen: settle,
    gone: ({ row }) => unknown(row, 'gone'),
    // The user might become readable again, and the log cannot show an effect before it happens.
    unreadable: (reading) => lookAgain(reading) ?? asking(reading, false),
  },
  'checking-directory': {
    seen: (reading, { user }) =>
      directorySeen(reading.row, reading.state.doubt.mark, user, lookAgain(reading)),
    gone: ({ row }) => unknown(row, 'gone'),
    unreadable: (reading) => lookAgain(reading) ?? unknown(reading.row, 'unreadable'),
  },
  'checking-secret': {
    seen: ({ row, state, around }, { user }) => secretSeen(row, state, user, around),
    // Okta's answer confirmed the effect, and no read contradicts it.
    gone: ({ row, state }) => done(row, state.kept.facts, false),
    unreadable: ({ row, state }) => done(row, state.kept.facts, false),
  },
  'checking-state': {
    seen: explainRefusal,
    gone: notFound,
    unreadable: ({ row }) => end(row, 'failed', 'state-changed', factsOf(row.tries.failure)),
  },
  'checking-recipient': {
    seen: explainMail,
    gone: notFound,
    unreadable: ({ row, around }) => notApplied(row, around),
  },
};

/**
 * Returns another read after a wait, if the attempt can still take effect or a second read must confirm the first; else
 * undefined.
 */
function lookAgain({
  row,
  state,
  atMs,
  around,
}: Reading<Of<'settling'> | Of<'checking-directory'>>): Transition | undefined {
  const { doubt } = state;
  const { patience, orgNowMs } = around;
  if (atMs <= lastEffectMs(doubt.sinceMs, patience)) {
    const afterMs = nextLookMs(doubt.sinceMs, orgNowMs, patience);
    return {
      row: { ...row, state: { ...state, readTries: 0 } },
      next: { kind: 'go-on', afterMs },
    };
  }
  const quietMs = doubt.quietMs ?? atMs;
  const afterMs = quietMs + patience.readLagMs - atMs;
  if (afterMs <= 0) return undefined;
  return {
    row: { ...row, state: { ...state, doubt: { ...doubt, quietMs }, readTries: 0 } },
    next: { kind: 'go-on', afterMs },
  };
}

/** Continues a row after `GET /users/{id}`, for an attempt whose effect is unknown. */
function settle(reading: Reading<Of<'settling'>>, shown: Shown): Transition {
  const { state, around } = reading;
  const row = withUser(reading.row, shown.user);
  const facts = factsOf(row.tries.failure);
  const judgement = judge(state.doubt.mark, shown);
  // A step that returns a secret is sent again either way. Before that, the lost secret must be too old to take effect, or
  // it would replace the new one. What the user shows until then can also come from an earlier attempt.
  const secret = bringsSecret(row, around);
  if (judgement === 'applied' && !secret) return appliedUnseen(row, around, facts, true);
  const again = lookAgain({ ...reading, row });
  if (again !== undefined) return again;
  switch (judgement) {
    case 'applied':
      return appliedUnseen(row, around, facts, true);
    case 'expired-only':
      return expiredOnly(row, facts, true);
    case 'not-applied':
      return secret ? notApplied(row, around) : asking({ ...reading, row }, true);
    case 'undecided':
      return secret
        ? secretOrUnknown(row, 'undecided', around)
        : asking({ ...reading, row }, false);
    default: {
      const never: never = judgement;
      return never;
    }
  }
}

/** A lost secret is replaced whether or not it was made. Anything else that is not proved stays unknown. */
function secretOrUnknown(
  row: ActiveRow,
  why: 'undecided' | 'unreadable',
  around: Circumstances,
): Transition {
  return bringsSecret(row, around) && row.tries.failed < around.maxRetries
    ? appliedUnseen(row, around, factsOf(row.tries.failure), true)
    : unknown(row, why);
}

function asking({ row, state }: Reading<Of<'settling'>>, showsNone: boolean): Transition {
  return {
    row: { ...row, state: { kind: 'asking', doubt: state.doubt, showsNone } },
    next: AT_ONCE,
  };
}

function notFound({ row }: Reading<ReadingState>): Transition {
  return end(row, 'failed', 'not-found', factsOf(row.tries.failure));
}

/** Tells whether the user now shows the effect of an earlier attempt of the step. */
function showsEarlier({ tries: { firstMark } }: ActiveRow, shown: Shown): boolean {
  return firstMark !== undefined && judge(firstMark, shown) === 'applied';
}

/** Continues a row by the user's state, after Okta refused the step because of that state. */
function explainRefusal({ row, around }: Reading<Of<'checking-state'>>, shown: Shown): Transition {
  const { user } = shown;
  const facts = factsOf(row.tries.failure);
  if (showsEarlier(row, shown)) return appliedUnseen(withUser(row, user), around, facts, true);
  const without = leaveOut(withUser(row, user), user.status, around);
  if (without !== undefined) return without;
  const { kind, statuses, otherStatuses } = ACTIONS[around.spec.action];
  if (kind !== 'password') {
    if (statuses.some((status) => status === user.status))
      return end(row, 'failed', 'refused', facts);
    // The user is in the requested state, but somebody else put them there.
    const other = otherStatuses[user.status]?.reason;
    if (other !== undefined) return end(row, 'skipped', other, facts, { reconciled: true });
  }
  const local = user.providerType === 'OKTA' || user.providerType === 'IMPORT';
  const reason =
    user.status === 'ACTIVE' && !local ? `provider:${user.providerType}` : `status:${user.status}`;
  return end(row, 'failed', reason, facts);
}

/** Continues a row by the user's state, after Okta answered that it has only just emailed this recipient. */
function explainMail({ row, around }: Reading<Of<'checking-recipient'>>, shown: Shown): Transition {
  const { user } = shown;
  const facts = factsOf(row.tries.failure);
  // A secret is returned only in our own answer, so it must be issued even if somebody else came first.
  if (bringsSecret(row, around)) return notApplied(withUser(row, user), around);
  if (showsEarlier(row, shown)) return done(row, facts, true);
  // Somebody else's reset: a second email would only make the link in the first invalid.
  if (user.status === 'RECOVERY' && row.before.status !== 'RECOVERY')
    return end(row, 'skipped', 'already-in-recovery', facts, { reconciled: true });
  return notApplied(row, around);
}

/** Continues a row after a read that began at `atMs` by the org's clock. */
export function wasRead(
  row: ActiveRow,
  state: ReadingState,
  read: { readonly answer: Answer<Shown>; readonly atMs: number },
  around: Circumstances,
): Transition {
  const { answer, atMs } = read;
  const terms = { row, atMs, around };
  switch (state.kind) {
    case 'settling':
      return moved({ ...terms, state }, answer, READS[state.kind]);
    case 'checking-directory':
      return moved({ ...terms, state }, answer, READS[state.kind]);
    case 'checking-secret':
      return moved({ ...terms, state }, answer, READS[state.kind]);
    case 'checking-state':
      return moved({ ...terms, state }, answer, READS[state.kind]);
    case 'checking-recipient':
      return moved({ ...terms, state }, answer, READS[state.kind]);
    default: {
      const never: never = state;
      return never;
    }
  }
}

function moved<State extends ReadingState>(
  reading: Reading<State>,
  answer: Answer<Shown>,
  ends: ReadEnds<State>,
): Transition {
  if (answer.kind === 'ok') return ends.seen(reading, answer.value);
  const { row, state, around } = reading;
  const decision = decideRead(answer.failure, {
    tries: state.readTries,
    orgSilent: isSilent(around),
    random: around.random,
  });
  switch (decision.kind) {
    case 'retry': {
      const readTries = state.readTries + (decision.counts ? 1 : 0);
      return {
        row: { ...row, state: { ...state, readTries } },
        next: { kind: 'go-on', afterMs: decision.afterMs },
      };
    }
    case 'halt':
      // The attempt stays pending, and the next invocation settles it.
      return { row, next: { kind: 'leave' }, halt: decision.stop };
    case 'gone':
      return ends.gone(reading);
    case 'unreadable':
      return ends.unreadable(reading);
    default: {
      const never: never = decision;
      return never;
    }
  }
}

/** Continues a row by what the System Log shows about its attempt. A log without the event proves nothing. */
export function logged(
  row: ActiveRow,
  { showsNone }: Of<'asking'>,
  found: 'found' | 'not-found' | 'unreadable',
  around: Circumstances,
): Transition {
  if (found === 'found') return appliedUnseen(row, around, factsOf(row.tries.failure), true);
  if (showsNone) return notApplied(row, around);
  return secretOrUnknown(row, found === 'unreadable' ? 'unreadable' : 'undecided', around);
}
