import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import { listenerBinds } from '../../resolution/attachment';
import { listenerStack } from '../../resolution/listener-stack';
import { quicObstacle } from '../../resolution/quic-obstacle';
import type { Violation } from '../../resolution/quarantine';
import { inService, type ReferenceRule } from '../rule';

/** CS4017: a Listener on UDP says which of its Hosts HTTP/3 cannot serve. */
export const quicRule: ReferenceRule = (context) => {
  const { definitions } = context;
  const listeners = inService('Listener', context).filter(({ spec }) => listenerStack(spec).transport === 'udp');
  if (listeners.length === 0) return [];
  return inService('Host', context).flatMap((host): Violation[] => {
    const obstacle = quicObstacle(host, definitions);
    if (obstacle === undefined) return [];
    return listeners
      .filter((listener) => listenerBinds(listener, host))
      .map((listener) => {
        const message = `Host "${host.metadata.name}" is not served on Listener "${listener.metadata.name}" (UDP port ${listener.spec.port}): ${obstacle}`;
        const location = listener.at(['spec', 'protocolStack']);
        return { diagnostic: diagnostic('CS4017', { message, subject: subjectOf(host), location }) };
      });
  });
};
