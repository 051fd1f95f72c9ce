import { jsonReply, type Reply } from '../wire/errors.ts';
import type { Exchange } from '../wire/exchange.ts';
import { word } from '../chance.ts';
import { timestamp } from '../timestamp.ts';
import { resolveUser } from './user-lookup.ts';

const KINDS = [
  ['push', 'OKTA'],
  ['token:software:totp', 'GOOGLE'],
] as const;

/** `GET /users/{userId}/factors`: the factors that the user has enrolled. */
export function listFactors(exchange: Exchange): Reply {
  const index = resolveUser(exchange, 4, 'id');
  if (typeof index !== 'number') return index;
  const { org } = exchange;
  const { seed } = org.settings;
  const enrolled = KINDS.slice(0, org.table.value('factors', index));
  const enrolledS = org.table.value('enrolledS', index);
  const factors = enrolled.map(([factorType, provider], nth) => {
    const isLast = nth === enrolled.length - 1 && enrolledS > 0;
    const created = timestamp(isLast ? enrolledS : org.table.createdS(index));
    return {
      id: `${factorType === 'push' ? 'opf' : 'uft'}${word(seed, index, 90 + nth, 17)}`,
      factorType,
      provider,
      vendorName: provider,
      status: 'ACTIVE',
      created,
      lastUpdated: created,
    };
  });
  return jsonReply(JSON.stringify(factors));
}
