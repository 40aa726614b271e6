import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import { hostnameOf, listenerBinds } from '../../resolution/attachment';
import { covers, serverNameOf } from '../../resolution/hostname';
import { listenerStack } from '../../resolution/listener-stack';
import type { Violation } from '../../resolution/quarantine';
import { isGranted } from '../../resolution/reference-grant';
import { servesHttp, tcpListenerOf, tcpServerName } from '../../resolution/tcp-listener';
import { tcpTermination } from '../../resolution/tcp-termination';
import { inService, type ReferenceRule, type RuleContext, strictly } from '../rule';

type TcpMapping = Definition<'TCPMapping'>;

/** CS5040–CS5044, CS3003, CS3007: a TCPMapping has a port to take connections from and, with a `host`, somebody who terminates its TLS. */
export const tcpMappingRule: ReferenceRule = (context) =>
  inService('TCPMapping', context).flatMap((mapping) => [
    ...onItsListener(mapping, context),
    ...(mapping.spec.host === undefined ? [] : terminated(mapping, context)),
  ]);

function onItsListener(mapping: TcpMapping, { definitions, policy }: RuleContext): readonly Violation[] {
  const listener = tcpListenerOf(mapping, definitions, policy);
  if (listener === undefined) return [];
  const { tls } = listenerStack(listener.spec);
  const { port, host } = mapping.spec;
  const named = `Listener "${listener.metadata.name}" (port ${port})`;
  const place = {
    subject: subjectOf(mapping),
    location: mapping.at(['spec', host === undefined ? 'port' : 'host']),
    related: [{ message: keyOf(subjectOf(listener)), location: listener.at(['spec', 'port']) }],
  };
  if (host === undefined) {
    if (servesHttp(listener, definitions)) {
      const message = `${named} serves HTTP, and a TCPMapping without host takes every connection`;
      return [{ diagnostic: diagnostic('CS5040', { message, ...place }) }];
    }
    if (!tls || listener.spec.securityModel !== 'SECURE') return [];
    const message = `${named} is SECURE, and a TCPMapping without host takes connections without TLS, too`;
    return [{ diagnostic: diagnostic('CS5041', { message, ...place }) }];
  }
  if (!tls) {
    const message = `${named} has no TLS, so there is no server name that could be "${host}"`;
    return [{ diagnostic: diagnostic('CS5042', { message, ...place }) }];
  }
  const name = tcpServerName(host);
  return definitions
    .of('Host')
    .filter((candidate) => serverNameOf(hostnameOf(candidate)) === name && listenerStack(listener.spec).http)
    .filter((candidate) => candidate.spec.tlsSecret !== undefined && listenerBinds(listener, candidate))
    .map((taken) => {
      const message = `TCPMapping "${mapping.metadata.name}" takes "${name}" on ${named}: ${keyOf(subjectOf(taken))} is not served there`;
      return { diagnostic: diagnostic('CS5043', { message, ...place }) };
    });
}

/** The TLS of the Host or TLSContext is that of the TCPMapping: where it is out of service, so is the TCPMapping. */
function terminated(mapping: TcpMapping, { definitions, quarantine, policy }: RuleContext): readonly Violation[] {
  const { host = '' } = mapping.spec;
  const place = { subject: subjectOf(mapping), location: mapping.at(['spec', 'host']) };
  const termination = tcpTermination(mapping, definitions);
  if (termination === undefined) {
    const message = `nobody terminates TLS for "${host}": no Host with a tlsSecret has that hostname, and no TLSContext lists it in hosts`;
    return [{ diagnostic: diagnostic('CS5044', { message, ...place }) }];
  }
  // A Host of which not even the certificate can be read terminates nothing, but another one must not take its place.
  const closer = definitions.of('Host').find((each) => {
    const named = serverNameOf(hostnameOf(each));
    if (quarantine.reasonFor(each, 'tls') === undefined || !covers(named, serverNameOf(host))) return false;
    return termination.by.kind === 'TLSContext' || named.length > serverNameOf(hostnameOf(termination.by)).length;
  });
  const by = closer ?? termination.by;
  const reason = quarantine.reasonFor(by, 'tls');
  if (reason !== undefined) {
    const message = `${keyOf(subjectOf(by))}, which terminates TLS for "${host}", is unusable (${reason.code})`;
    return [{ diagnostic: diagnostic('CS3007', { message, ...place }) }];
  }
  if (by.kind === 'Host' || isGranted(mapping, { kind: 'TLSContext', ...by.metadata }, definitions)) return [];
  const message = `TLSContext "${by.metadata.name}" is in namespace ${by.metadata.namespace}, not in ${mapping.metadata.namespace}`;
  return [{ diagnostic: diagnostic('CS3003', { message, ...place, severity: strictly(policy) }) }];
}
