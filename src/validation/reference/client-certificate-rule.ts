import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import { listenerBinds } from '../../resolution/attachment';
import { hostTls } from '../../resolution/host-tls';
import { listenerStack } from '../../resolution/listener-stack';
import type { Violation } from '../../resolution/quarantine';
import { downstreamTrust } from '../../resolution/trust';
import type { ReferenceRule } from '../rule';

/** CS4003, CS4004, CS4014, CS4015: a Host that demands client certificates verifies them, and has no way around it. */
export const clientCertificateRule: ReferenceRule = ({ definitions }) =>
  definitions.of('Host').flatMap((host): Violation[] => {
    const tls = hostTls(host, definitions);
    if (tls === undefined) return [];
    const { settings, owner, path, certificate } = tls;
    const subject = subjectOf(host);
    const trusted = downstreamTrust(owner, settings, path, certificate, definitions) !== undefined;
    if (settings.cert_required !== true) {
      if (settings.ca_secret === undefined || settings.cert_required === false) return [];
      const message = `Host "${host.metadata.name}" verifies client certificates but does not require one`;
      return [
        { diagnostic: diagnostic('CS4004', { message, subject, location: owner.at([...path, 'ca_secret'], 'key') }) },
      ];
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
