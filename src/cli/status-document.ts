import { refusalDiagnostics } from '../admin';
import { type CertificateSummary, summarise } from '../certificates';
import type { Diagnostic } from '../diagnostics/diagnostic';
import type { CompilationReport } from '../control-plane';
import type { Secret } from '../ir/secret';
import type { XdsStatus } from '../xds';
import type { StateStatus } from './last-good-state';
import { VERSION } from './version';

/** A certificate that is served, by the Secret’s name on the wire. Plain, public data. */
export interface ServedCertificate extends CertificateSummary {
  readonly name: string;
  readonly kind: Secret['type'];
}

/**
 * The body of `/status`: what is served to whom, and what is wrong. No keys, no source lines.
 *
 * @param ofPolicy what is wrong with the newest access policy
 * @param state what of `--state` there is to tell, if it is on
 */
export function statusDocument(
  ready: boolean,
  report: CompilationReport | undefined,
  xds: XdsStatus,
  ofPolicy: readonly Diagnostic[] = [],
  state?: { readonly status: StateStatus; readonly diagnostics: readonly Diagnostic[] },
) {
  const groups = [...(report?.compilation.groups ?? [])];
  const refused = refusalDiagnostics(
    xds,
    groups.map(([, { snapshot }]) => snapshot),
  );
  return {
    schemaVersion: 1,
    version: VERSION,
    ready,
    quarantined: report?.compilation.quarantined ?? 0,
    groups: groups.map(([group, { snapshot }]) => ({
      group,
      types: Object.fromEntries(
        Object.entries(snapshot.types).map(([type, { version, resources }]) => [
          type,
          { version, resources: resources.size },
        ]),
      ),
    })),
    diagnostics: [...(report?.diagnostics ?? []), ...refused, ...ofPolicy, ...(state?.diagnostics ?? [])].map(bare),
    certificates: report === undefined ? [] : servedCertificates(report),
    nodes: xds.nodes,
    ...(state && { state: state.status }),
  };
}

/** The certificates that any node group is served, sorted by name. */
export function servedCertificates({ compilation }: CompilationReport): readonly ServedCertificate[] {
  const secrets = new Map(
    [...compilation.groups.values()].flatMap(({ ir }) => ir.secrets.map((secret) => [secret.name, secret] as const)),
  );
  return [...secrets.values()]
    .flatMap((secret) => summary(secret) ?? [])
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function summary(secret: Secret): ServedCertificate | undefined {
  const value = secret.type === 'tls_certificate' ? secret.keyPair : secret.trust;
  // What is in a file on Envoy's machine is not known here.
  const summarised = value !== 'system' && 'certificates' in value ? summarise(value) : undefined;
  return summarised && { name: secret.name, kind: secret.type, ...summarised };
}

function bare({ location, related: _related, ...finding }: Diagnostic) {
  return { ...finding, ...(location && { at: `${location.file}:${location.line}:${location.column}` }) };
}
