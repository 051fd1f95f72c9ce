import { mailsLink, type ActionSpec } from '../../../domain/plan/action.ts';
import { formatDuration } from '../../../domain/duration.ts';
import type { OrgReader } from '../../../domain/org/org.ts';
import type { Principal } from '../../../domain/run/run-file.ts';
import type { CanaryRow } from '../../../engine/run/canary.ts';
import type { EnginePorts } from '../../../engine/run/options.ts';
import type { AppContext } from '../../context.ts';
import { isSoonerThanPeople, scanLinkUses, type LinkUses } from '../../followup/link-uses.ts';
import { standingOf } from '../../followup/followup-state.ts';

export interface CanaryLinks {
  readonly run: { readonly spec: ActionSpec };
  /** How long mail scanners have to open the links. */
  readonly waitMs: number;
  readonly reader: Pick<OrgReader, 'user' | 'logEvents' | 'serverNowMs'>;
  readonly principal: Principal;
}

type Mailed = CanaryRow & {
  readonly userId: NonNullable<CanaryRow['userId']>;
  readonly mark: NonNullable<CanaryRow['mark']>;
};

const GRAIN_MS = 1000;
/** How many addresses a sentence names. */
const MOST_ADDRESSES = 3;

const UNREADABLE =
  'The credential cannot read the System Log (okta.logs.read), so the canary cannot see whether a mail scanner uses up the reset links. It does not wait for that.';

/** Finds the canary rows whose link was opened sooner than a person could have, and whose user has set no password since. */
async function eaten(
  mailed: readonly Mailed[],
  uses: LinkUses,
  reader: CanaryLinks['reader'],
  spec: ActionSpec,
  signal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  const addresses: (string | undefined)[] = [];
  for (const { userId, mark } of mailed) {
    const resetMs = mark.serverTimeMs - GRAIN_MS;
    const use = uses.after(userId, resetMs);
    if (use === undefined) continue;
    const answer = await reader.user(userId, signal);
    // It is known that the link was opened, but not whether the user continued.
    if (answer.kind === 'failed') {
      if (isSoonerThanPeople(use, resetMs)) addresses.push(use.address);
      continue;
    }
    const nowMs = reader.serverNowMs() ?? use.usedMs;
    const { state } = standingOf({ spec, resetMs, before: mark.before }, answer.value, {
      nowMs,
      lifetimeMs: 0,
      bouncedMs: undefined,
      linkUsedMs: use.usedMs,
    });
    // If a write was tried again, its email came later than the first attempt.
    const mailedMs = Math.max(resetMs, answer.value.statusChangedMs ?? resetMs);
    if (state === 'link-used' && isSoonerThanPeople(use, mailedMs)) addresses.push(use.address);
  }
  return addresses;
}

function detailOf(addresses: readonly (string | undefined)[], mailed: number): string {
  const known = [...new Set(addresses.filter((address) => address !== undefined))];
  const from = known.length === 0 ? '' : ` (from ${known.slice(0, MOST_ADDRESSES).join(', ')})`;
  return `Reset links were opened within a minute of their email, and no password was set: ${addresses.length} of ${mailed}${from}. This is what a mail scanner does, and a link works only once. Tell the mail gateway to leave links to your Okta address alone and resume, or give temporary passwords instead. If these users opened the links themselves: resume with --canary-wait 0.`;
}

/**
 * Makes the part of a canary that looks for mail scanners: it waits `waitMs`, and then reads from the System Log whether a
 * machine opened the links. Returns undefined if no link is emailed, or if the wait is 0. If the log cannot be read, it says
 * so and does not wait.
 */
export function canaryInspection(
  links: CanaryLinks,
  context: Pick<AppContext, 'host' | 'emit'>,
): Pick<EnginePorts, 'inspectCanary'> {
  const { run, waitMs, reader, principal } = links;
  const { clock } = context.host;
  if (!mailsLink(run.spec) || waitMs === 0) return {};
  const principalId = principal.kind === 'user' ? principal.id : undefined;
  const nowMs = () => reader.serverNowMs() ?? clock.nowMs();
  const say = (level: 'info' | 'warning', text: string) =>
    context.emit({ type: 'message', level, text });
  const inspectCanary: EnginePorts['inspectCanary'] = async (rows, signal) => {
    const mailed = rows.filter(
      (row): row is Mailed =>
        row.outcome === 'succeeded' && row.userId !== undefined && row.mark !== undefined,
    );
    if (mailed.length === 0) return undefined;
    const sinceMs = Math.min(...mailed.map(({ mark }) => mark.serverTimeMs)) - GRAIN_MS;
    const scan = () =>
      scanLinkUses(reader, { sinceMs, untilMs: nowMs() + GRAIN_MS, principalId }, signal);
    if ((await scan()).reading === 'unreadable') {
      say('warning', UNREADABLE);
      return undefined;
    }
    say(
      'info',
      `The canary took effect. It waits ${formatDuration(waitMs)} to see whether a mail scanner opens the links before the users do (--canary-wait 0 does not wait, --canary-wait 5m waits longer).`,
    );
    context.emit({ type: 'pause', bucket: 'canary', waitMs, cause: 'canary' });
    await clock.sleep(waitMs, signal);
    const uses = await scan();
    if (uses.reading === 'unreadable') {
      say('warning', UNREADABLE);
      return undefined;
    }
    const addresses = await eaten(mailed, uses, reader, run.spec, signal);
    return addresses.length === 0 ? undefined : detailOf(addresses, mailed.length);
  };
  return { inspectCanary };
}
