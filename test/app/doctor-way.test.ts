import { expect, test } from '@jest/globals';
import { checkWay } from '../../src/app/doctor/way-to-org.ts';

const ACME = 'https://acme.okta.com';

test.each([
  ['http://127.0.0.1:8080', {}, 'plain http, for an org on this machine only; no proxy'],
  [ACME, {}, 'TLS; certificates are checked; no proxy'],
  [ACME, { HTTP_PROXY: 'http://other:1' }, 'TLS; certificates are checked; no proxy'],
  [
    ACME,
    {
      https_proxy: 'http://me:hunter2@proxy.acme.example:3128',
      NO_PROXY: 'localhost,.acme.example',
    },
    'TLS; certificates are checked; through the proxy proxy.acme.example:3128, except for localhost,.acme.example (NO_PROXY)',
  ],
  [
    ACME,
    { NODE_EXTRA_CA_CERTS: '/etc/acme-ca.pem' },
    'TLS; certificates are checked, also against /etc/acme-ca.pem (NODE_EXTRA_CA_CERTS); no proxy',
  ],
])('the way to %s with %j: %s', (origin, env, found) => {
  expect(checkWay(origin, env)).toEqual({ level: 'good', subject: 'way', found });
});
