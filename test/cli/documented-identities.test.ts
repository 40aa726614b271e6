import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countersign, folder } from './support/command';

// What the pages on Istio and SPIFFE have people write is accepted as it stands.

const DOCS = join(__dirname, '../../docs');

/** What Kubernetes knows of the Service that the pages speak of. */
const SURROUNDINGS = `
apiVersion: v1
kind: Service
metadata: {name: quote}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: quote-1, labels: {kubernetes.io/service-name: quote}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [10.0.0.1], targetRef: {kind: Pod, name: quote-1}}]
---
apiVersion: v1
kind: Pod
metadata: {name: quote-1}
spec: {serviceAccountName: quote}
`;

test.each([
  ['istio.md', 4],
  ['spiffe.md', 2],
])('the definitions of docs/%s are valid', async (page, count) => {
  const blocks = [...readFileSync(join(DOCS, page), 'utf8').matchAll(/^```yaml\n([^]*?)^```$/gm)]
    .map(([, block = '']) => block)
    .filter((block) => block.startsWith('apiVersion: getambassador.io/'));
  const files = { 'page.yaml': blocks.join('---\n'), 'cluster.yaml': SURROUNDINGS };
  const { stdout } = await countersign(['validate', '--strict', folder(files)]);
  expect(stdout).toBe(`0 errors, 0 warnings in ${count + 3} definitions, 2 files\n`);
});
