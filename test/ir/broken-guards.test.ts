import { type Metadata, fixtureSecret, text } from '../support/decoded';
import { irOf } from './build';

// What is broken must not leave others less protected than its author meant: not under a laxer wildcard, and not without client certificates.

const LISTENER = text('Listener', {
  port: 8443,
  protocol: 'HTTPS',
  securityModel: 'XFP',
  hostBinding: { namespace: { from: 'ALL' } },
});
const SECRETS = [fixtureSecret('server-ec', 'server'), fixtureSecret('ca', 'ca')];
const VERIFIED = { cert_required: true, ca_secret: 'ca' };
const WILDCARD = text('Host', { hostname: '*', tlsSecret: { name: 'server' } }, { name: 'wildcard' });
const STRICT = { hostname: 'a.test', tlsSecret: { name: 'server' } };
const NAMED: Metadata = { name: 'strict' };

/** By port and server name, what becomes of connections with TLS. */
function fates(...texts: readonly string[]): Readonly<Record<string, string>> {
  const listeners = irOf([LISTENER, ...SECRETS, ...texts]).listeners;
  return Object.fromEntries(
    listeners.flatMap(({ port, filterChains }) =>
      filterChains
        .filter(({ match }) => match.transport === 'tls')
        .map(({ match, action, tls }) => [
          `${port} ${match.serverNames[0] ?? '*'}`,
          `${action.type}${tls?.verification === undefined ? '' : ' verified'}`,
        ]),
    ),
  );
}

describe('the TLSContext that a Host links because it is named <host>-context', () => {
  const host = text('Host', STRICT, NAMED);
  const context = text('TLSContext', VERIFIED, { name: 'strict-context' });

  test('verifies clients', () => expect(fates(host, context)).toEqual({ '8443 a.test': 'http verified' }));

  test.each([
    ['a field of it is wrong', context.replace('cert_required', 'cert_reqired')],
    ['its kind is misspelt', context.replace('TLSContext', 'TLSContxt')],
    ['its apiVersion is misspelt', context.replace('getambassador', 'getambasador')],
    ['its CA is missing', context.replace('"ca"', '"nowhere"')],
  ])('blocks the Host where %s', (_why, broken) => {
    expect(fates(host, broken)).toEqual({ '8443 a.test': 'blocked' });
  });
});

test.each([
  ['whose hostname is misspelt', text('Host', STRICT, NAMED).replace('"hostname"', '"hostnmae"')],
  ['whose kind is misspelt', text('Host', STRICT, NAMED).replace('"Host"', '"Hosst"')],
  ['whose apiVersion is misspelt', text('Host', STRICT, NAMED).replace('getambassador', 'getambasador')],
])('a Host %s does not fall through to a wildcard', (_what, broken) => {
  expect(fates(WILDCARD, broken)).toEqual({ '8443 *': 'http', '8443 a.test': 'blocked' });
});

test.each([
  ['tlsSecret', { tlsSecret: { nme: 'server' }, tls: VERIFIED }],
  ['tls', { tlsSecret: { name: 'server' }, tls: { ...VERIFIED, cert_required: 'maybe' } }],
])('a wildcard does not terminate TLS for a TCPMapping in the place of a Host with a broken %s', (_field, broken) => {
  const mapping = text('TCPMapping', { port: 6443, host: 'a.test', service: 'db.default:5432' });
  const host = (spec: object) => text('Host', { hostname: 'a.test', ...spec }, NAMED);
  const sound = host({ tlsSecret: { name: 'server' }, tls: VERIFIED });
  expect(fates(WILDCARD, mapping, sound)).toHaveProperty(['6443 a.test'], 'tcp verified');
  expect(fates(WILDCARD, mapping, host(broken))).toHaveProperty(['6443 a.test'], 'blocked');
});

describe('a strict Host whose hostname is no name as it is written', () => {
  test.each(['a.test ', ' a.test', 'a.test.', 'https://a.test', 'https://a.test/path'])(
    '%j: its name is closed',
    (hostname) => {
      const strict = text('Host', { ...STRICT, hostname, tls: VERIFIED }, NAMED);
      expect(fates(strict, WILDCARD)).toEqual({ '8443 *': 'http', '8443 a.test': 'blocked' });
    },
  );
});
