import { diagnostic } from '../../diagnostics/diagnostic';
import { subjectOf } from '../../model/definition';
import type { DefinitionRule } from '../rule';

/** CS5013, CS5014: the layers of a `protocolStack` can be built on one another, and the other settings apply to them. */
export const protocolStackRule: DefinitionRule = (definition) => {
  if (definition.kind !== 'Listener') return [];
  const { protocolStack: stack, http2MaxConcurrentStreams } = definition.spec;
  if (stack === undefined) return [];
  const subject = subjectOf(definition);
  const problem = problemOf(stack);
  if (problem !== undefined) {
    const message = `protocolStack [${stack.join(', ')}] ${problem}`;
    return [diagnostic('CS5013', { message, subject, location: definition.at(['spec', 'protocolStack']) })];
  }
  if (!stack.includes('UDP') || http2MaxConcurrentStreams === undefined) return [];
  const message = 'http2MaxConcurrentStreams has no effect: HTTP/3 has streams of its own';
  const location = definition.at(['spec', 'http2MaxConcurrentStreams'], 'key');
  return [diagnostic('CS5014', { message, subject, location })];
};

function problemOf(stack: readonly string[]): string | undefined {
  const twice = stack.find((layer, index) => stack.indexOf(layer) !== index);
  if (twice !== undefined) return `has ${twice} twice`;
  const transport = stack.at(-1);
  if (transport !== 'TCP' && transport !== 'UDP') return 'does not end with the transport, TCP or UDP';
  if (stack.includes('TCP') && stack.includes('UDP')) return 'has two transports';
  if (transport === 'TCP') return undefined;
  if (!stack.includes('HTTP')) return 'has UDP without HTTP: only HTTP/3 is carried by UDP';
  if (!stack.includes('TLS')) return 'has UDP without TLS, which HTTP/3 cannot do without';
  return stack.includes('PROXY') ? 'has PROXY on UDP, where there is no such header' : undefined;
}
