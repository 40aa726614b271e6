import { diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, keyOf, subjectOf } from '../../model/definition';
import { listenerStack } from '../../resolution/listener-stack';
import type { Violation } from '../../resolution/quarantine';
import { servesHttp, tcpListenerOf } from '../../resolution/tcp-listener';
import type { ReferenceRule } from '../rule';

/** CS5005, CS5006: every Listener has a port of its own, which TCP and UDP do not share, and a Host to serve. */
export const listenerRule: ReferenceRule = ({ definitions, policy }) => {
  const byPort = new Map<string, Definition<'Listener'>>();
  return definitions.of('Listener').flatMap((listener): Violation[] => {
    const subject = subjectOf(listener);
    const { port } = listener.spec;
    const socket = `${listenerStack(listener.spec).transport} ${port}`;
    const taken = byPort.get(socket);
    if (taken !== undefined) {
      const related = [{ message: keyOf(subjectOf(taken)), location: taken.at(['spec', 'port']) }];
      const message = `port ${port} is taken by ${keyOf(subjectOf(taken))}`;
      return [
        { diagnostic: diagnostic('CS5005', { message, subject, location: listener.at(['spec', 'port']), related }) },
      ];
    }
    byPort.set(socket, listener);
    const isUsed = definitions
      .of('TCPMapping')
      .some((mapping) => tcpListenerOf(mapping, definitions, policy) === listener);
    if (isUsed || servesHttp(listener, definitions)) return [];
    const message = listenerStack(listener.spec).http
      ? `no Host is bound to Listener "${listener.metadata.name}" (port ${port})`
      : `no TCPMapping uses Listener "${listener.metadata.name}" (port ${port}), which serves no HTTP`;
    return [
      { diagnostic: diagnostic('CS5006', { message, subject, location: listener.at(['spec', 'hostBinding'], 'key') }) },
    ];
  });
};
