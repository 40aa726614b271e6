import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { Closing } from '../support/closing';
import { ScriptedServer } from '../support/scripted-server';
import { FIXTURES, countersign } from './support/command';

// `certs --from-server` against what is no control plane, or one that lies.

const PAIR = join(FIXTURES, 'pki/secrets/server-rsa.yaml');
const closing = new Closing();
afterAll(() => closing.close());

async function asked(answer: (response: ServerResponse) => void) {
  const server = closing.keep(await ScriptedServer.start((_request, response) => answer(response)));
  return await countersign(['certs', 'list', PAIR, '--from-server', `http://127.0.0.1:${server.port}`]);
}

function holding(envoy: object): string {
  const certificate = { name: 'default/server-rsa', kind: 'tls_certificate', envoys: [envoy] };
  return JSON.stringify({ schemaVersion: 1, certificates: [certificate] });
}

const ENVOY = { node: 'edge', group: 'default', status: 'SYNCED' };

test.each([
  ['null', 'null'],
  ['no JSON', '<html>'],
  ['of another version', '{"schemaVersion": 2, "certificates": []}'],
  ['a certificate that is null', '{"schemaVersion": 1, "certificates": [null]}'],
  ['no Envoys', '{"schemaVersion": 1, "certificates": [{"name": "default/server-rsa", "kind": "tls_certificate"}]}'],
  [
    'a name that is none',
    '{"schemaVersion": 1, "certificates": [{"name": 5, "kind": "validation_context", "envoys": []}]}',
  ],
  ['an unknown status', holding({ ...ENVOY, status: 'constructor' })],
  ['a node that is no text', holding({ ...ENVOY, node: { id: 'edge' } })],
])('an answer with %s is told apart from a failure of our own', async (_what, answer) => {
  const { code, stderr } = await asked((response) => response.end(answer));
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(/^countersign: --from-server: what http:\S+ answers is not what /),
  ]);
});

test('an answer without end is read no further than it may be long', async () => {
  const megabyte = ' '.repeat(1024 * 1024);
  let sent = 0;
  const { code, stderr } = await asked((response) => {
    const write = () => {
      sent += 1;
      response.write(megabyte);
    };
    response.on('drain', write);
    write();
  });
  expect([code, stderr]).toEqual([3, expect.stringMatching(/its answer is too long\n$/)]);
  expect(sent).toBeLessThan(100);
});

test('a redirection is not followed, and nobody there is said to be nobody', async () => {
  const target = await ScriptedServer.start();
  const moved = await asked((response) =>
    response.writeHead(302, { location: `http://127.0.0.1:${target.port}/` }).end(),
  );
  expect([moved.code, moved.stderr]).toEqual([3, expect.stringMatching(/can't be asked: unexpected redirect\n$/)]);
  expect(target.requests).toEqual([]);
  const { port } = target;
  await target.stop();
  const gone = await countersign(['certs', 'list', PAIR, '--from-server', `http://127.0.0.1:${port}`]);
  expect([gone.code, gone.stderr]).toEqual([3, expect.stringMatching(/ECONNREFUSED/)]);
});

test('what Envoys call themselves neither steers the terminal nor forges a line', async () => {
  const { code, stdout } = await asked((response) =>
    response.end(holding({ ...ENVOY, node: '\u001b[2Jedge\nFORGED', group: '\u009b31m', serial: '\u202eaa' })),
  );
  expect(code).toBe(0);
  expect(stdout).toContain(
    'Envoy \ufffd[2Jedge FORGED (\ufffd31m) serial \ufffdaa, acknowledged, not what is in the input\n',
  );
});

test('a password in the address is not repeated', async () => {
  const { code, stdout, stderr } = await countersign([
    'certs',
    'list',
    PAIR,
    '--from-server',
    'http://me:hunter2@127.0.0.1:1',
  ]);
  expect([code, stderr]).toEqual([3, expect.stringContaining('no user and password')]);
  expect(stdout + stderr).not.toContain('hunter2');
});
