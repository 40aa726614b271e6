import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import { listenerBinds } from '../../resolution/attachment';
import { demandsClientCertificate } from '../../resolution/client-certificates';
import { hostTls } from '../../resolution/host-tls';
import { listenerStack } from '../../resolution/listener-stack';
import type { Violation } from '../../resolution/quarantine';
import { tcpTermination } from '../../resolution/tcp-termination';
import { downstreamTrust, revocationSource } from '../../resolution/trust';
import { inService, type ReferenceRule, type RuleContext } from '../rule';

/** CS4003, CS4004, CS4014, CS4015, CS4018: whoever demands client certificates verifies them, and has no way around it. */
export const clientCertificateRule: ReferenceRule = (context) => [...hosts(context), ...tcpMappings(context)];

/** A TCPMapping has its TLS from a Host, which is judged by itself, or from a TLSContext. */
function tcpMappings(context: RuleContext): readonly Violation[] {
  const { definitions } = context;
  return inService('TCPMapping', context).flatMap((mapping): Violation[] => {
    const termination = tcpTermination(mapping, definitions);
    if (termination?.by.kind !== 'TLSContext') return [];
    const { settings, owner, path, certificate } = termination.tls;
    if (downstreamTrust(owner, settings, path, certificate, definitions) !== undefined) return [];
    const subject = subjectOf(mapping);
    if (settings.cert_required === true) {
      const message = `TCPMapping "${mapping.metadata.name}" requires client certificates, but there is no CA to verify them with`;
      const location = owner.at([...path, 'cert_required']);
      return [{ diagnostic: diagnostic('CS4003', { message, subject, location }) }];
    }
    if (revocationSource(owner, settings, path, definitions) === undefined) return [];
    const message = `TCPMapping "${mapping.metadata.name}" has a revocation list, and no CA to verify clients with`;
    const location = owner.at([...path, settings.crl_secret === undefined ? 'crl_file' : 'crl_secret'], 'key');
    return [{ diagnostic: diagnostic('CS4018', { message, subject, location }) }];
  });
}

function hosts({ definitions }: RuleContext): readonly Violation[] {
  return definitions.of('Host').flatMap((host): Violation[] => {
    const tls = hostTls(host, definitions);
    if (tls === undefined) return [];
    const { settings, owner, path, certificate } = tls;
    const subject = subjectOf(host);
    const trusted = downstreamTrust(owner, settings, path, certificate, definitions) !== undefined;
    if (!demandsClientCertificate(tls, definitions)) {
      const field = settings.ca_secret === undefined ? 'cacert_chain_file' : 'ca_secret';
      if (settings[field] === undefined || settings.cert_required === false) return [];
      const message = `Host "${host.metadata.name}" verifies client certificates but does not require one`;
      return [{ diagnostic: diagnostic('CS4004', { message, subject, location: owner.at([...path, field], 'key') }) }];
    }
    if (!trusted) {
      const message = `Host "${host.metadata.name}" requires client certificates, but there is no CA to verify them with`;
      return [
        { diagnostic: diagnostic('CS4003', { message, subject, location: owner.at([...path, 'cert_required']) }) },
      ];
    }
    const found: Violation[] = [];
    if (host.spec.requestPolicy?.insecure?.action === 'Route') {
      const message = `Host "${host.metadata.name}" requires client certificates, yet routes cleartext requests`;
      const location = host.at(['spec', 'requestPolicy', 'insecure', 'action']);
      found.push({ scope: 'cleartext', diagnostic: diagnostic('CS4014', { message, subject, location }) });
    }
    for (const listener of definitions.of('Listener')) {
      const { securityModel, l7Depth = 0, port } = listener.spec;
      const trustsWhatIsBefore = securityModel === 'SECURE' || (securityModel === 'XFP' && l7Depth > 0);
      if (listenerStack(listener.spec).tls || !trustsWhatIsBefore || !listenerBinds(listener, host)) continue;
      const message = `Host "${host.metadata.name}" requires client certificates and is not served on Listener "${listener.metadata.name}" (port ${port}, no TLS)`;
      found.push({
        diagnostic: diagnostic('CS4015', { message, subject, location: listener.at(['spec', 'protocol']) }),
      });
    }
    return found;
  });
}
