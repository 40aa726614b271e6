import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from '../../src/cli/demo/pki';
import { createLogger } from '../../src/cli/log';
import { readXdsTls, watchXdsTls } from '../../src/cli/xds-tls';
import { eventually } from '../support/eventually';
import { revocationList } from '../support/revocation';
import { ServeProcess } from '../support/serve-process';

const HOUR = 3_600_000;
const NOW = new Date();
const validity = { notBefore: new Date(NOW.getTime() - HOUR), notAfter: new Date(NOW.getTime() + 48 * HOUR) };

let dir: string;
let ca: CertificateAuthority;
let other: CertificateAuthority;
const at = (name: string) => join(dir, name);
const paths = () => ({ cert: at('tls.crt'), key: at('tls.key'), ca: at('ca.crt'), crl: at('crl.pem') });

function put(name: string, text: string): void {
  writeFileSync(at(`${name}.new`), text, { mode: 0o600 });
  renameSync(at(`${name}.new`), at(name));
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-xds-files-'));
  ca = await CertificateAuthority.createRoot({ commonName: 'xDS CA', ...validity });
  other = await CertificateAuthority.createRoot({ commonName: 'another CA', ...validity });
  const { chainPem, privateKeyPem } = await ca.issue({ commonName: 'countersign', ...validity });
  put('ca.crt', ca.certificatePem);
  put('tls.crt', chainPem);
  put('tls.key', privateKeyPem);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('revocation lists of the xDS port', () => {
  test('those of the CA, in force, are used', async () => {
    put('crl.pem', await revocationList(ca, [], validity));
    expect((await readXdsTls(paths(), NOW)).crl?.toString()).toContain('X509 CRL');
  });

  test.each([
    [
      'out of date',
      () => revocationList(ca, [], { ...validity, notAfter: new Date(NOW.getTime() - HOUR / 2) }),
      /ran out/,
    ],
    ['of another CA', () => revocationList(other, [], validity), /none of the revocation lists is of a CA/],
    ['none at all', () => Promise.resolve(ca.certificatePem), /holds no revocation list/],
  ])('%s: with them every client, or none, would be refused, so they are not', async (_what, made, problem) => {
    put('crl.pem', await made());
    await expect(readXdsTls(paths(), NOW)).rejects.toThrow(problem);
  });
});

test('a mistake in the access policy is in /status with its place until it is mended', async () => {
  const policy = (identity: string) =>
    `apiVersion: countersign.dev/v1\nkind: XdsAccessPolicy\nrules:\n- {identity: "${identity}", node_ids: [edge], groups: [default]}\n`;
  put('policy.yaml', policy('spiffe://t/edge'));
  put(
    'mapping.yaml',
    'apiVersion: getambassador.io/v3alpha1\nkind: Mapping\nmetadata: {name: a}\nspec: {prefix: /, hostname: "*", service: a}\n',
  );
  const tls = ['--xds-cert', at('tls.crt'), '--xds-key', at('tls.key'), '--xds-ca', at('ca.crt')];
  const server = await ServeProcess.start(at('mapping.yaml'), { args: [...tls, '--xds-policy', at('policy.yaml')] });
  const findings = async () => (await server.admin.status()).diagnostics.filter(({ code }) => code === 'CS6001');
  try {
    expect(await findings()).toEqual([]);
    put('policy.yaml', policy('nobody'));
    const [finding] = await eventually('the mistake is told', async () => {
      const found = await findings();
      return found.length > 0 ? found : undefined;
    });
    expect(finding).toMatchObject({
      at: `${at('policy.yaml')}:4:14`,
      consequence: 'the last good access policy stays in force',
    });
    put('policy.yaml', policy('spiffe://t/edge'));
    await eventually('it is gone', async () => ((await findings()).length === 0 ? true : undefined));
  } finally {
    await server.stop();
  }
});

describe('the certificate of the xDS port', () => {
  type Line = Readonly<Record<string, unknown>>;
  const HALF_LIFE = NOW.getTime() + 24 * HOUR;

  async function watched(at: Date) {
    const lines: Line[] = [];
    const use = jest.fn();
    const { crl: _, ...files } = paths();
    const log = createLogger('info', { write: (line) => void lines.push(JSON.parse(line) as Line) });
    const stop = watchXdsTls(files, { current: await readXdsTls(files, at), log, now: () => at, use });
    return { lines, use, stop };
  }

  test.each([
    ['expired', 49, 'the certificate of the xDS port has expired: no Envoy connects with it'],
    ['not valid yet', -2, 'the certificate of the xDS port is not valid yet: no Envoy connects with it'],
    ['about to end', 47, 'the certificate of the xDS port ends soon, and was not renewed'],
  ])('is told of: %s', async (_what, hours, msg) => {
    const { lines, stop } = await watched(new Date(NOW.getTime() + hours * HOUR));
    await stop();
    expect(lines).toMatchObject([{ msg, notAfter: expect.any(String) }]);
  });

  test('is read again when it was renewed, and only then', async () => {
    const { lines, use, stop } = await watched(new Date(HALF_LIFE));
    try {
      put('unrelated', 'nothing of ours');
      const { chainPem, privateKeyPem } = await ca.issue({ commonName: 'countersign', ...validity });
      put('tls.crt', chainPem);
      put('tls.key', privateKeyPem);
      await eventually('it is used', () => Promise.resolve(use.mock.calls.length > 0 ? true : undefined));
      const told = lines.map(({ msg }) => msg).filter((msg) => msg !== 'certificate of the xDS port not renewed');
      expect(told).toEqual(['certificate of the xDS port read again']);
      expect(use).toHaveBeenCalledTimes(1);
    } finally {
      await stop();
    }
  });
});
