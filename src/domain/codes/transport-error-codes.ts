import type { Disposition, ErrorEntry, WhoCanFix } from './error-entry.ts';

const SETTLED = 'The run reads the user to find out whether it took effect, and continues.';

function way(
  code: string,
  disposition: Disposition,
  who: WhoCanFix,
  meaning: string,
  how: string,
): ErrorEntry {
  const entry: ErrorEntry = { code, statuses: [], meaning, who, how, disposition };
  return disposition === 'abort' || disposition === 'wait-then-abort'
    ? { ...entry, stop: 'org-unavailable' }
    : entry;
}

function unsent(code: string, meaning: string, how: string): ErrorEntry {
  return way(code, 'wait-then-abort', 'your network team', meaning, how);
}

function lost(code: string, meaning: string): ErrorEntry {
  return way(code, 'reconcile', 'your network team', meaning, SETTLED);
}

function certificate(code: string, meaning: string): ErrorEntry {
  return way(
    code,
    'abort',
    'your network team',
    `${meaning} Nothing was sent.`,
    'If a proxy inspects TLS, name its certificate in NODE_EXTRA_CA_CERTS. Otherwise check --org.',
  );
}

const CHECK_WAY = 'Check --org, the network, the VPN and HTTPS_PROXY, then try again or `resume`.';

/**
 * Failures of the connection to the org: codes of Node, of undici, and our own. An entry describes the usual case of a
 * write, but decisions depend on `effect`.
 */
export const TRANSPORT_ERROR_CODES: readonly ErrorEntry[] = [
  unsent('ECONNREFUSED', 'Nothing answers at the org’s address; nothing was sent.', CHECK_WAY),
  unsent(
    'ENOTFOUND',
    'The org’s host name is not known.',
    'Check the spelling of --org; check DNS and the VPN.',
  ),
  unsent('EAI_AGAIN', 'The name server does not answer.', CHECK_WAY),
  unsent('ENETUNREACH', 'The org’s network cannot be reached.', CHECK_WAY),
  unsent('EHOSTUNREACH', 'The org’s host cannot be reached.', CHECK_WAY),
  unsent('EADDRNOTAVAIL', 'This machine has no free address or port left.', CHECK_WAY),
  unsent(
    'EMFILE',
    'This machine does not allow more open files.',
    'Lower --concurrency or raise `ulimit -n`.',
  ),
  unsent(
    'UND_ERR_CONNECT_TIMEOUT',
    'The org’s host did not accept the connection in time.',
    CHECK_WAY,
  ),
  unsent('UND_ERR_PRX_TLS', 'The TLS connection to the proxy failed.', 'Check HTTPS_PROXY.'),
  unsent(
    'PROXY_UNREACHABLE',
    'Nothing answers at the address of the proxy; nothing was sent.',
    'Check HTTPS_PROXY, or unset it if you do not need a proxy.',
  ),
  unsent(
    'PROXY_REFUSED',
    'The proxy refused to connect to the org.',
    'Check HTTPS_PROXY, and the user and password in it.',
  ),
  unsent('UND_ERR_CLOSED', 'The connection was already closed; nothing was sent.', CHECK_WAY),
  unsent('UND_ERR_DESTROYED', 'The connection was already closed; nothing was sent.', CHECK_WAY),
  lost('ECONNRESET', 'The connection was cut before the answer came.'),
  lost('EPIPE', 'The connection was cut while the call was sent.'),
  lost('ETIMEDOUT', 'The connection stopped responding.'),
  lost('UND_ERR_SOCKET', 'The connection was cut before the answer came.'),
  lost('UND_ERR_HEADERS_TIMEOUT', 'No answer came within --timeout.'),
  lost('UND_ERR_BODY_TIMEOUT', 'The answer started and then stopped.'),
  lost('UND_ERR_HEADERS_OVERFLOW', 'The answer’s headers were too large.'),
  lost('UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'The answer was cut short.'),
  lost('TIMEOUT', 'The answer was not complete within --timeout.'),
  lost('PARSER', 'The answer was not HTTP.'),
  lost(
    'BODY_TOO_LARGE',
    'The answer was larger than anything Okta sends, and was not read to the end.',
  ),
  lost('BODY_ENCODING', 'The answer was compressed in a way that cannot be read, or was damaged.'),
  way(
    'TOKEN_RENEWED',
    'wait',
    'Okta',
    'The access token had expired; a new one was fetched and the call can be sent again.',
    'Nothing to do.',
  ),
  way(
    'ABORTED',
    'wait',
    'you',
    'The run was being stopped; nothing was sent.',
    '`resume` the run.',
  ),
  way(
    'NOT_ADDRESSABLE',
    'fail',
    'you',
    'This id or login cannot be used in a URL; nothing was sent.',
    'Use the user’s id (00u…).',
  ),
  way(
    'UND_ERR_INVALID_ARG',
    'abort',
    'you',
    'The request could not be built, usually because of a stray character in the token.',
    'Check the token for line breaks and spaces.',
  ),
  certificate(
    'CERT_NOT_YET_VALID',
    'The host’s certificate is not valid yet; the clock of this machine may be wrong.',
  ),
  certificate('CERT_UNTRUSTED', 'The host’s certificate is not trusted.'),
  certificate('CERT_REVOKED', 'The host’s certificate was revoked.'),
  certificate('UNABLE_TO_GET_ISSUER_CERT', 'The host’s certificate comes from an unknown issuer.'),
  certificate('ERR_SSL_PACKET_LENGTH_TOO_LONG', 'The host does not speak TLS at this port.'),
  certificate(
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'The host does not support a TLS version that okta-reset supports.',
  ),
  certificate('ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'The host does not recognize this name.'),
  certificate('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'The host refused the TLS connection.'),
  certificate('CERT_HAS_EXPIRED', 'The host’s certificate has expired.'),
  certificate('ERR_TLS_CERT_ALTNAME_INVALID', 'The host’s certificate is for another name.'),
  certificate('DEPTH_ZERO_SELF_SIGNED_CERT', 'The host’s certificate is self-signed.'),
  certificate('SELF_SIGNED_CERT_IN_CHAIN', 'The host’s certificate comes from an unknown issuer.'),
  certificate(
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'The host’s certificate comes from an unknown issuer.',
  ),
  certificate('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'The host’s certificate cannot be verified.'),
  certificate('ERR_SSL_WRONG_VERSION_NUMBER', 'The host does not speak TLS at this port.'),
  certificate('EPROTO', 'The two sides could not agree on a TLS connection.'),
];
