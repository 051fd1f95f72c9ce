import { describe, expect, test } from '@jest/globals';
import { sharesOf } from '../../../src/sandbox/org/mix.ts';
import { makePeople } from '../../../src/sandbox/org/person.ts';

const SIZE = 400;
const people = makePeople(5, SIZE, sharesOf({ hostile: 0.1, sharedEmail: 0.3, secondEmail: 0.5 }));
const all = Array.from({ length: SIZE }, (_, index) => people.person(index));

describe('each of the people', () => {
  test('is found by login and by its first part, with or without case and marks', () => {
    for (const [index, { login }] of all.entries()) {
      const [short = ''] = login.split('@');
      expect([people.byLogin(login), people.byShortLogin(short)]).toEqual([index, index]);
      expect([
        people.byLogin(login.toUpperCase()),
        people.byShortLogin(short.toUpperCase()),
      ]).toEqual([index, index]);
      expect(people.byLogin(login.replace('a', 'á'))).toBe(index);
      expect([people.byLogin(short), people.byShortLogin(login)]).toEqual([undefined, undefined]);
    }
  });

  test('is found by email, with the one who shares it', () => {
    let shared = 0;
    for (const { email } of all) {
      const those = all.flatMap((one, index) => (one.email === email ? [index] : []));
      if (those.length === 2) shared += 1;
      expect(people.byEmail(email)).toEqual(those);
      expect(people.byEmail(email.toUpperCase())).toEqual(those);
    }
    expect(Math.abs(shared / 2 / SIZE - 0.3)).toBeLessThan(0.05);
  });

  test('has one login, and only odd numbers share the email of the one before', () => {
    expect(new Set(all.map(({ login }) => login)).size).toBe(SIZE);
    for (const [index, { email, login, secondEmail }] of all.entries()) {
      const own = login.replace('@', '@mail.');
      const before = all[index - 1]?.email;
      if (index % 2 === 0 || email !== before) expect([login, own]).toContain(email);
      const second = `${login.split('@')[0] ?? ''}@home.example`;
      expect([undefined, second]).toContain(secondEmail);
    }
  });
});

test('nobody is found by another name, another number or none', () => {
  const { login, email } = people.person(SIZE - 1);
  const beyond = makePeople(5, SIZE + 1, sharesOf({ hostile: 0.1 })).person(SIZE);
  for (const text of [
    `x${login}`,
    login.replace(/\.[^.@]+@/, '@'),
    login.replace(/\.[^.@]+@/, '.1@'),
    beyond.login,
    '',
    '@',
    '.zzzzzz@acme.example',
  ]) {
    expect([text, people.byLogin(text)]).toEqual([text, undefined]);
    expect([text, people.byEmail(text)]).toEqual([text, []]);
    expect([text, people.byShortLogin(text.split('@')[0] ?? '')]).toEqual([text, undefined]);
  }
  expect(people.byLogin(login.replace('acme', 'other'))).toBeUndefined();
  expect(people.byEmail(email.replace('@', '@nowhere.'))).toEqual([]);
});
