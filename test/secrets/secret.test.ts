import { expect, test } from '@jest/globals';
import { format, inspect } from 'node:util';
import { Secret } from '../../src/secrets/secret.ts';

const TEXT = 'Tmp-Pass-9f3';
const secret = new Secret(TEXT);

test.each<[string, () => string]>([
  ['String', () => String(secret)],
  ['a template', () => `is ${secret as unknown as string}`],
  ['a sum', () => 'x' + (secret as unknown as string)],
  ['JSON', () => JSON.stringify({ secret, list: [secret] })],
  ['inspect', () => inspect({ deep: { secret } }, { showHidden: true, depth: 9, getters: true })],
  ['format', () => format('%s %o %O %j', secret, secret, secret, secret)],
  ['an error message', () => inspect(new Error(`no: ${secret as unknown as string}`))],
  ['the cause of an error', () => inspect(new Error('no', { cause: { secret } }))],
  ['a clone', () => JSON.stringify(structuredClone({ secret }))],
  [
    'a copy of its fields',
    () => JSON.stringify([Object.assign({}, secret), Object.entries(secret)]),
  ],
  ['its names', () => JSON.stringify(Reflect.ownKeys(secret))],
])('%s never shows a secret', (_how, show) => {
  expect(show()).not.toContain(TEXT);
  expect(secret.reveal()).toBe(TEXT);
});
