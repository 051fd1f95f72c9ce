import { expect } from '@jest/globals';
import type { Ran } from './rig.ts';

/** Checks how a command ended, and shows what it said if that is not as expected. */
export function expectCode(ran: Ran, wanted: number): void {
  const said = ran.code === wanted ? '' : ran.stderr + ran.stdout.slice(-2000);
  expect([ran.code, said]).toEqual([wanted, '']);
}
