// What docker-compose.yml promises, one check each. A check throws when the promise is broken.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** @type {{ name: string, check: (containers: Containers) => Promise<void> }[]} */
export const checks = [
  {
    name: "the documentation's example answers through mutual TLS, and the application learns who called",
    check: async ({ edgePort }) => {
      const seen = await throughBothEnvoys(edgePort);
      assert.equal(seen.path, '/');
      assert.match(seen.headers['x-forwarded-client-cert'] ?? '', /URI=spiffe:\/\/compose\.countersign\/edge(;|$)/);
    },
  },
  {
    name: 'upstream-service refuses a client without a certificate',
    check: async (containers) => {
      const { error, answer } = await tlsFromMesh(containers, 'upstream-service', 443, '{}');
      assert.equal(answer, undefined);
      assert.match(error, /CERTIFICATE_REQUIRED|ECONNRESET/);
    },
  },
  {
    name: 'upstream-service refuses a certificate of another CA',
    check: async (containers) => {
      const { error, answer } = await tlsFromMesh(containers, 'upstream-service', 443, OF_THE_XDS_CA);
      assert.equal(answer, undefined);
      assert.match(error, /UNKNOWN_CA|ECONNRESET/);
    },
  },
  {
    name: 'upstream-service does not speak cleartext',
    check: async (containers) => {
      const output = await inMesh(containers, `${FETCH}fetchText('http://upstream-service:443/')`);
      assert.match(output, /^error /);
    },
  },
  {
    name: 'nobody reaches the application around its sidecar',
    check: async (containers) => {
      const output = await inMesh(containers, `${FETCH}fetchText('http://application:8000/')`);
      assert.match(output, /^error (ENOTFOUND|EAI_AGAIN)/);
    },
  },
  {
    name: 'the xDS port refuses a client without a certificate, and cleartext',
    check: async (containers) => {
      const { error, answer } = await tlsFromMesh(containers, 'countersign', 18000, '{ ALPNProtocols: ["h2"] }');
      assert.equal(answer, undefined);
      assert.match(error, /CERTIFICATE_REQUIRED|ECONNRESET/);
      assert.match(await inMesh(containers, `${FETCH}fetchText('http://countersign:18000/')`), /^error /);
    },
  },
  {
    name: 'every container runs as an unprivileged user, and so does the image by itself',
    check: async ({ compose, image, services }) => {
      for (const service of services) assert.equal((await compose('exec', '-T', service, 'id', '-u')).trim(), '1000');
      assert.equal((await docker('image', 'inspect', '--format', '{{.Config.User}}', image)).trim(), 'node');
    },
  },
  {
    name: 'traffic goes on while the control plane restarts, and `up` again changes nothing',
    check: async ({ compose, edgePort, healthy }) => {
      const certificate = () => compose('exec', '-T', 'edge', 'cat', '/pki/edge/tls.crt');
      const before = await certificate();
      await compose('stop', '--timeout', '5', 'countersign');
      await throughBothEnvoys(edgePort);
      await compose('up', '--detach');
      await healthy('countersign');
      await throughBothEnvoys(edgePort);
      assert.equal(await certificate(), before);
    },
  },
  {
    name: 'no private key is in any log',
    check: async ({ compose }) => {
      const logs = await compose('logs', '--no-color');
      const files = [
        'countersign cat /pki/countersign/tls.key',
        'edge cat /pki/edge/tls.key',
        'sidecar cat /pki/sidecar/tls.key',
      ];
      const secrets =
        'countersign cat /pki/countersign/secrets/upstream-certs.yaml /pki/countersign/secrets/upstream-service-certs.yaml';
      let lines = 0;
      for (const file of [...files, secrets]) {
        const text = await compose('exec', '-T', ...file.split(' '));
        for (const [, body] of text.matchAll(/-----BEGIN PRIVATE KEY-----([^-]+)-----END/g)) {
          for (const line of body.split('\n').map((part) => part.trim())) {
            if (line.length < 20) continue;
            lines += 1;
            assert.ok(!logs.includes(line), `a line of a private key of ${file} is in the logs`);
          }
        }
      }
      assert.ok(lines > 10, `only ${lines} lines of keys were looked for`);
    },
  },
];

async function throughBothEnvoys(edgePort) {
  const answer = await fetch(`http://127.0.0.1:${edgePort}/upstream/`);
  const body = await answer.text();
  assert.equal(answer.status, 200, body);
  return JSON.parse(body);
}

const FETCH = `const fetchText = (url) => fetch(url).then(async (a) => console.log(a.status, await a.text()), (e) => console.log('error', e.cause?.code ?? e.message));\n`;
const OF_THE_XDS_CA = `{ cert: fs.readFileSync('/pki/countersign/tls.crt'), key: fs.readFileSync('/pki/countersign/tls.key') }`;

/** Runs a script with Node in the control plane's container, which is where somebody inside the mesh would stand. */
async function inMesh({ compose }, script) {
  return await compose('exec', '-T', 'countersign', 'node', '-e', script);
}

/** Connects by TLS 1.3, sends a request and waits for an answer or an error; the server's certificate is not looked at. */
async function tlsFromMesh(containers, host, port, options) {
  const script = `
    const tls = require('node:tls'); const fs = require('node:fs');
    const say = (result) => { console.log(JSON.stringify(result)); process.exit(0); };
    const socket = tls.connect({ host: '${host}', port: ${port}, servername: '${host}', rejectUnauthorized: false, ...${options} }, () =>
      socket.write('GET / HTTP/1.1\\r\\nhost: ${host}\\r\\n\\r\\n'));
    socket.on('data', (data) => say({ answer: String(data) }));
    socket.on('error', (error) => say({ error: error.code }));
    socket.on('close', () => say({ error: 'ECONNRESET' }));`;
  return JSON.parse(await inMesh(containers, script));
}

async function docker(...args) {
  return (await promisify(execFile)('docker', args)).stdout;
}

/**
 * @typedef {object} Containers
 * @property {number} edgePort where the edge listens on this machine
 * @property {(...args: string[]) => Promise<string>} compose runs docker-compose and gives its output
 * @property {string} image the image of countersign
 * @property {string[]} services those that keep running
 * @property {(service: string) => Promise<void>} healthy waits until a service is healthy
 */
