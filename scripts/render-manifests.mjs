// Renders the chart into deploy/kubernetes/countersign.yaml, for those who have no Helm: `npm run manifests`.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findHelm } from './helm.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const MANIFEST = join(ROOT, 'deploy/kubernetes/countersign.yaml');

const NAMESPACE = `# Rendered from deploy/helm/countersign by \`npm run manifests\`. Set the image of the control plane to yours.
apiVersion: v1
kind: Namespace
metadata:
  name: countersign
  labels:
    pod-security.kubernetes.io/enforce: restricted
`;

/** The text of the manifest, by the helm at this path. */
export function renderManifest(helm) {
  const args = ['template', 'countersign', join(ROOT, 'deploy/helm/countersign'), '-n', 'countersign'];
  const rendered = execFileSync(helm, [...args, '--kube-version', '1.31.0'], { encoding: 'utf8' });
  return `${NAMESPACE}${rendered.replaceAll('app.kubernetes.io/managed-by: Helm', 'app.kubernetes.io/managed-by: kubectl')}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const helm = findHelm();
  if (helm === undefined) throw new Error('there is no helm: `node scripts/helm.mjs` builds it');
  writeFileSync(MANIFEST, renderManifest(helm));
}
