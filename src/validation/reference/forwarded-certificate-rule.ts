import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import { demandsClientCertificate } from '../../resolution/client-certificates';
import { hostTls } from '../../resolution/host-tls';
import type { Violation } from '../../resolution/quarantine';
import { downstreamTrust } from '../../resolution/trust';
import { inService, type ReferenceRule } from '../rule';

/** The modes in which Envoy writes the header itself. */
const WRITING: ReadonlySet<string> = new Set(['SANITIZE_SET', 'APPEND_FORWARD']);

/** CS5015, CS5016: what the Module says of X-Forwarded-Client-Cert does not let clients forge it, and is not in vain. */
export const forwardedCertificateRule: ReferenceRule = (context) => {
  const { definitions } = context;
  return inService('Module', context).flatMap((module): Violation[] => {
    if (module.metadata.name !== 'ambassador') return [];
    const { forward_client_cert_details: mode, set_current_client_cert_details: parts } = module.spec.config ?? {};
    const subject = subjectOf(module);
    const at = (field: string) => module.at(['spec', 'config', field], 'key');
    if (mode !== undefined && !WRITING.has(mode) && parts !== undefined) {
      const message = `set_current_client_cert_details has no effect with ${mode}`;
      const location = at('set_current_client_cert_details');
      return [{ diagnostic: diagnostic('CS5016', { message, subject, location }) }];
    }
    if (mode !== 'ALWAYS_FORWARD_ONLY' && mode !== 'FORWARD_ONLY' && mode !== 'APPEND_FORWARD') return [];
    const hosts = definitions.of('Host').map((host) => {
      const tls = hostTls(host, definitions);
      if (tls === undefined) return { host, verifies: false, demands: false };
      const { owner, settings, path, certificate } = tls;
      const verifies = downstreamTrust(owner, settings, path, certificate, definitions) !== undefined;
      return { host, verifies, demands: verifies && demandsClientCertificate(tls, definitions) };
    });
    // The others pass the header on only where a certificate came with the connection.
    const open = hosts.filter(({ verifies, demands }) => (mode === 'ALWAYS_FORWARD_ONLY' ? !demands : verifies));
    if (open.length === 0) return [];
    const names = open.map(({ host }) => host.metadata.name).join(', ');
    const who = mode === 'ALWAYS_FORWARD_ONLY' ? 'any client' : 'any client with a certificate';
    const message = `with ${mode}, ${who} can claim to be another in X-Forwarded-Client-Cert (Hosts ${names})`;
    return [{ diagnostic: diagnostic('CS5015', { message, subject, location: at('forward_client_cert_details') }) }];
  });
};
