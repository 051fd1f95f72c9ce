import { describe, expect, test } from '@jest/globals';
import { COMMANDS, inputOf } from '../../src/cli/line/commands.ts';
import { group, many, off, on, one, type Given } from '../../src/config/flags/flag.ts';
import { anyText, duration, listOf, oneOf, whole } from '../../src/config/flags/kinds.ts';

const given = (flags: Readonly<Record<string, readonly string[]>>): Given =>
  new Map(Object.entries(flags));

const KITCHEN = group('Kitchen', {
  plates: one('plates', 'N', 'how many', whole(1, 12), 4),
  boilMs: one('boil', 'TIME', 'how long', duration),
  spices: many('spice', 'NAME', 'which', listOf(oneOf(['salt', 'pepper']))),
  guests: many('guest', 'NAME', 'who', anyText),
  loud: on('loud', 'with music'),
  heat: off('no-heat', 'cold dishes only'),
});

describe('a declared group of flags', () => {
  test('has its defaults if nothing is given', () => {
    expect(KITCHEN.read(given({}))).toEqual({
      plates: 4,
      boilMs: undefined,
      spices: [],
      guests: [],
      loud: false,
      heat: true,
    });
  });

  test('makes typed values from what is given', () => {
    const read = KITCHEN.read(
      given({
        plates: ['6'],
        boil: ['2m'],
        spice: ['salt, pepper', 'salt'],
        guest: ['Ann, Bob'],
        loud: [],
        'no-heat': [],
      }),
    );
    // The types are those of the declaration: this line does not compile otherwise.
    const typed: {
      plates: number;
      boilMs: number | undefined;
      spices: readonly ('salt' | 'pepper')[];
    } = read;
    expect(typed).toEqual({
      plates: 6,
      boilMs: 120_000,
      spices: ['salt', 'pepper', 'salt'],
      guests: ['Ann, Bob'],
      loud: true,
      heat: false,
    });
  });

  test.each([
    [{ plates: ['6', '7'] }, '--plates is given 2 times.'],
    [{ plates: ['13'] }, '--plates takes a whole number from 1 to 12, not “13”.'],
    [{ boil: ['soon'] }, '--boil takes a length of time, not “soon”.'],
    [{ spice: ['salt,curry'] }, '--spice does not know “curry”.'],
  ])('refuses %j', (flags, message) => {
    expect(() => KITCHEN.read(given(flags))).toThrow(
      expect.objectContaining({ code: 'USAGE', message }),
    );
  });

  test('offers its words for completion', () => {
    expect(KITCHEN.flags.spices.choices).toEqual(['salt', 'pepper']);
    expect(KITCHEN.flags.guests.choices).toBeUndefined();
  });
});

test.each(COMMANDS)(
  '$name has each of its flags once, and reads a line without flags',
  (command) => {
    const names = command.flags.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(Object.keys(inputOf(command.name, given({})))).toEqual(Object.keys(command.groups));
  },
);

test('every flag can be typed, and names what it takes', () => {
  for (const { name, kind, value, choices = [] } of COMMANDS.flatMap(({ flags }) => flags)) {
    expect(name).toMatch(/^[a-z][a-z-]*[a-z]$/);
    expect([name, value]).toEqual([
      name,
      kind === 'switch' ? undefined : expect.stringMatching(/\S/),
    ]);
    expect(choices).not.toContain('');
  }
});
