import { expect, test } from '@jest/globals';
import { reduceUserJson } from '../../../src/sandbox/api/user-json.ts';

const LINKS = {
  ...{ self: 1, suspend: 2, resetPassword: 3, forgotPassword: 4, expirePassword: 5 },
  ...{ changeRecoveryQuestion: 6, resetFactors: 7, deactivate: 8, changePassword: 9, unlock: 10 },
};
const USER = {
  id: '00u1',
  status: 'ACTIVE',
  lastLogin: null,
  profile: { login: 'ada@acme.example', email: 'ada@acme.example', mobilePhone: null },
  credentials: { password: {}, provider: { type: 'OKTA' } },
  _links: LINKS,
};
const { login, email } = USER.profile;

test.each<[string, object]>([
  ['status', { id: '00u1', status: 'ACTIVE' }],
  ['id', { id: '00u1' }],
  ['', { id: '00u1' }],
  ['lastLogin,nothing', { id: '00u1', lastLogin: null }],
  ['profile', { id: '00u1', profile: USER.profile }],
  ['profile:(login)', { id: '00u1', profile: { login } }],
  ['profile:(email, login,nothing)', { id: '00u1', profile: { email, login } }],
  [
    'profile:(mobilePhone),status',
    { id: '00u1', profile: { mobilePhone: null }, status: 'ACTIVE' },
  ],
  ['profile:()', { id: '00u1', profile: {} }],
  ['status:(x),lastLogin:(x)', { id: '00u1', status: 'ACTIVE', lastLogin: null }],
  ['credentials:(provider)', { id: '00u1', credentials: { provider: { type: 'OKTA' } } }],
])('fields=%s', (fields, shown) => {
  expect(JSON.parse(reduceUserJson(JSON.stringify(USER), fields, false))).toEqual(shown);
});

test('without credentials, the links to them are left out as well', () => {
  const { id, status, lastLogin, profile } = USER;
  const kept = { self: 1, suspend: 2, expirePassword: 5, deactivate: 8 };
  const text = JSON.stringify(USER);
  expect(JSON.parse(reduceUserJson(text, undefined, true))).toEqual({
    ...{ id, status, lastLogin, profile },
    _links: kept,
  });
  expect(JSON.parse(reduceUserJson(text, undefined, false))).toEqual(USER);
  expect(JSON.parse(reduceUserJson(text, 'credentials,_links', true))).toEqual({
    id: '00u1',
    _links: kept,
  });
});
