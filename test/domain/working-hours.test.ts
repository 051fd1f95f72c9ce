import { describe, expect, test } from '@jest/globals';
import { workingHours } from '../../src/config/hours.ts';
import { endsAtMs, hoursText } from '../../src/domain/working-hours.ts';

const HOUR_MS = 3_600_000;
const at = (text: string) => Date.parse(`2026-11-${text}Z`);

describe('the end of work that keeps to hours', () => {
  test.each<[string | undefined, string, number, string]>([
    [undefined, '22T09:00:00', 30, '23T15:00:00'],
    ['08:00-18:00 UTC', '22T09:00:00', 2, '22T11:00:00'],
    ['08:00-18:00 UTC', '22T09:00:00', 9, '22T18:00:00'],
    ['08:00-18:00 UTC', '22T17:00:00', 2, '23T09:00:00'],
    ['08:00-18:00 UTC', '22T03:00:00', 1, '22T09:00:00'],
    ['08:00-18:00 UTC', '22T20:00:00', 25, '25T13:00:00'],
    ['22:00-06:00 UTC', '22T05:00:00', 2, '22T23:00:00'],
    ['22:00-06:00 UTC', '22T23:00:00', 8, '23T23:00:00'],
    ['00:00-24:00 UTC', '22T00:00:00', 50, '24T02:00:00'],
    ['08:00-18:00 Europe/Berlin', '22T06:00:00', 1, '22T08:00:00'],
  ])('%s from %s, %d h of work: %s', (text, start, hours, end) => {
    const open = text === undefined ? undefined : workingHours(text);
    const ends = endsAtMs(open, at(start), hours * HOUR_MS);
    expect(new Date(ends).toISOString()).toBe(new Date(at(end)).toISOString());
  });
});

test.each(['08:00-18:00', '22:30-06:05 Europe/Berlin', '00:00-24:00 UTC'])(
  '%s is parsed and formatted back unchanged',
  (text) => {
    expect(hoursText(workingHours(text))).toBe(text);
  },
);
