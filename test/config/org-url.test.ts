import { describe, expect, test } from '@jest/globals';
import { parseOrgUrl } from '../../src/config/org-url.ts';

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
  ])('%s', (text, origin, host) => {
    expect(parseOrgUrl(text)).toEqual({ origin, host });
  });
});

describe('refused, with the mend in the hint', () => {
  test.each([
    ['acme.okta.com', 'CONFIG_ORG_URL', 'https://acme.okta.com'],
    ['', 'CONFIG_ORG_URL', 'https://acme.okta.com'],
    ['ftp://acme.okta.com', 'CONFIG_ORG_URL', 'https://'],
    ['https://acme.okta.com/api/v1', 'CONFIG_ORG_URL', '--org https://acme.okta.com'],
    ['https://acme.okta.com?x=1', 'CONFIG_ORG_URL', '--org https://acme.okta.com'],
    ['https://me:pw@acme.okta.com', 'CONFIG_ORG_URL', 'OKTA_CLIENT_TOKEN'],
    ['https://acme-admin.okta.com', 'CONFIG_ORG_ADMIN_URL', 'https://acme.okta.com'],
    ['https://acme-admin.oktapreview.com', 'CONFIG_ORG_ADMIN_URL', 'https://acme.oktapreview.com'],
    ['https://acme-admin.okta-emea.com', 'CONFIG_ORG_ADMIN_URL', 'https://acme.okta-emea.com'],
    ['http://acme.okta.com', 'CONFIG_ORG_INSECURE', 'https://acme.okta.com'],
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
