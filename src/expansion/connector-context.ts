import { decode } from '../model/decode';
import type { Decoded, Definition } from '../model/definition';
import { documentOf } from '../model/decode';
import { subjectOf } from '../model/definition';
import type { Document } from '../model/document';
import { DerivedDocument } from '../model/derived-document';
import { CONNECTOR_SECRET } from '../resolution/consul-identity';
import { Memo } from '../resolution/memo';

/** The TLSContext that comes with Ambassador’s connector, in its how-to "Consul". */
const CONNECTOR_CONTEXT = 'ambassador-consul';

const contexts = new Memo<Definition<'ConsulResolver'>, Decoded>();

/**
 * Adds the TLSContext `ambassador-consul` where something names it and nobody has defined it: it came with the connector, which
 * is not needed here. With several ConsulResolvers it is not clear whose it would be, and there is none.
 */
export function withConnectorContext(decoded: readonly Decoded[]): readonly Decoded[] {
  let resolver: Definition<'ConsulResolver'> | undefined;
  for (const { definition } of decoded) {
    if (definition?.kind !== 'ConsulResolver') continue;
    if (resolver !== undefined) return decoded;
    resolver = definition;
  }
  if (resolver === undefined || !decoded.some(isUser) || decoded.some(isContext)) return decoded;
  const { metadata } = resolver;
  const known = resolver;
  return [...decoded, contexts.get(resolver, metadata.namespace, [], () => contextFor(known))];
}

function isUser({ definition }: Decoded): boolean {
  return definition !== undefined && 'tls' in definition.spec && definition.spec.tls === CONNECTOR_CONTEXT;
}

function isContext({ subject }: Decoded): boolean {
  return subject?.kind === 'TLSContext' && subject.name === CONNECTOR_CONTEXT;
}

function contextFor(resolver: Definition<'ConsulResolver'>): Decoded {
  const value = {
    apiVersion: 'getambassador.io/v3alpha1',
    kind: 'TLSContext',
    metadata: { name: CONNECTOR_CONTEXT, namespace: resolver.metadata.namespace },
    spec: {
      ...(resolver.ambassadorIds !== '*' && { ambassador_id: [...resolver.ambassadorIds] }),
      hosts: [],
      secret: CONNECTOR_SECRET,
    },
  };
  const original =
    documentOf(resolver) ??
    ({ file: resolver.at([]).file, locate: (...where) => resolver.at(...where) } satisfies Pick<
      Document,
      'file' | 'locate'
    >);
  return decode(new DerivedDocument(value, subjectOf(resolver), [{ to: [], from: [] }], original));
}
