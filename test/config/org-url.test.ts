import { describe, expect, test } from '@jest/globals';
import { parseOrgUrl, reductionText } from '../../src/config/org-url.ts';

describe('accepted', () => {
  test.each([
    ['https://acme.okta.com', 'https://acme.okta.com', 'acme.okta.com'],
    ['https://acme.okta.com/', 'https://acme.okta.com', 'acme.okta.com'],
    ['  https://ACME.okta.com ', 'https://acme.okta.com', 'acme.okta.com'],
    ['https://login.acme.com:8443', 'https://login.acme.com:8443', 'login.acme.com:8443'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', '127.0.0.1:8080'],
    ['http://localhost:1', 'http://localhost:1', 'localhost:1'],
    ['http://[::1]:9', 'http://[::1]:9', '[::1]:9'],
    ['https://admin-acme.okta.com', 'https://admin-acme.okta.com', 'admin-acme.okta.com'],
    ['acme.okta.com', 'https://acme.okta.com', 'acme.okta.com'],
    ['acme.okta.com/', 'https://acme.okta.com', 'acme.okta.com'],
    ['ACME.okta.com:443', 'https://acme.okta.com', 'acme.okta.com'],
    ['acme-admin.okta.com/admin/users', 'https://acme.okta.com', 'acme.okta.com'],
    ['https://acme.okta.com/api/v1', 'https://acme.okta.com', 'acme.okta.com'],
    ['https://acme.okta.com/app/UserHome?x=1#y', 'https://acme.okta.com', 'acme.okta.com'],
    ['https://acme.okta.com?x=1', 'https://acme.okta.com', 'acme.okta.com'],
    ['https://acme-admin.okta.com', 'https://acme.okta.com', 'acme.okta.com'],
    ['https://acme-admin.okta.com/admin/dashboard', 'https://acme.okta.com', 'acme.okta.com'],
    [
      'https://acme-x-admin.oktapreview.com/',
      'https://acme-x.oktapreview.com',
      'acme-x.oktapreview.com',
    ],
    ['https://acme-admin.okta-emea.com', 'https://acme.okta-emea.com', 'acme.okta-emea.com'],
    ['https://acme-admin.okta-gov.com', 'https://acme.okta-gov.com', 'acme.okta-gov.com'],
    ['login.acme.com/', 'https://login.acme.com', 'login.acme.com'],
    ['https://sso-admin.acme.com', 'https://sso-admin.acme.com', 'sso-admin.acme.com'],
    ['localhost:8080', 'http://localhost:8080', 'localhost:8080'],
    ['127.0.0.1:8080/', 'http://127.0.0.1:8080', '127.0.0.1:8080'],
  ])('%s', (text, origin, host) => {
    expect(parseOrgUrl(text)).toEqual({ origin, host });
  });
});

describe('refused, with what to do in the hint', () => {
  test.each([
    ['acme', 'CONFIG_ORG_URL', 'https://acme.okta.com'],
    ['javascript:alert(1)', 'CONFIG_ORG_URL', 'https://acme.okta.com'],
    ['me:pw@acme.okta.com', 'CONFIG_ORG_URL', 'https://acme.okta.com'],
    ['', 'CONFIG_ORG_URL', 'https://acme.okta.com'],
    ['ftp://acme.okta.com', 'CONFIG_ORG_URL', 'https://'],
    ['https://me:pw@acme.okta.com', 'CONFIG_ORG_URL', 'OKTA_CLIENT_TOKEN'],
    ['http://acme.okta.com', 'CONFIG_ORG_INSECURE', 'https://acme.okta.com'],
    ['http://acme-admin.okta.com/', 'CONFIG_ORG_INSECURE', 'https://acme.okta.com'],
    ['http://127.0.0.1.evil.example', 'CONFIG_ORG_INSECURE', 'https://'],
    ['http://192.168.1.5', 'CONFIG_ORG_INSECURE', 'https://'],
  ])('%s', (text, code, hint) => {
    expect(() => parseOrgUrl(text)).toThrow(expect.objectContaining({ code, exitCode: 2 }));
    expect(() => parseOrgUrl(text)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(hint) }),
    );
  });
});

test('a password in the URL is not repeated in the error', () => {
  expect.assertions(1);
  try {
    parseOrgUrl('https://me:hunter2hunter2@acme.okta.com');
  } catch (error) {
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  }
});

test('what a URL was reduced to is reported, but only if something was left out', () => {
  const said = (text: string) => reductionText(text, parseOrgUrl(text));
  for (const text of ['https://acme.okta.com', 'https://ACME.okta.com/', 'acme.okta.com'])
    expect(said(text)).toBeUndefined();
  for (const text of ['https://acme-admin.okta.com', 'acme.okta.com/admin/users'])
    expect(said(text)).toContain('https://acme.okta.com');
});
