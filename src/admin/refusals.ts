import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import type { Resource, ResourceType, Snapshot } from '../snapshot/snapshot';
import type { RefusalReason, XdsStatus } from '../xds';

/** What Envoy calls one of a type. */
const SINGULAR: Readonly<Record<ResourceType, string>> = {
  clusters: 'Cluster',
  endpoints: 'ClusterLoadAssignment',
  secrets: 'Secret',
  listeners: 'Listener',
  routes: 'RouteConfiguration',
};

/** What a class of refusals means, and what to do about it. */
const REASONS: Readonly<Record<RefusalReason, readonly [meaning: string, fix: string]>> = {
  'secret-key-mismatch': ['the private key is not that of the certificate', 'issue both together'],
  'private-key-unusable': [
    'its private key cannot be used',
    'issue a key of RSA 2048 or more, or P-256, P-384 or P-521, unencrypted',
  ],
  'certificate-unusable': ['its certificate cannot be used', 'check the chain: PEM, the leaf first'],
  'trusted-ca-unusable': [
    'its CA certificates or revocation lists cannot be used',
    'check the bundle: PEM, certificates only',
  ],
  'invalid-regex': ['a regular expression is none for RE2', 'write the expression as RE2 takes it'],
  duplicate: ['something in it exists already', 'look for two definitions that say the same'],
  'constraint-violation': ['a value is out of bounds', 'look for an unusual number, name or path in the definition'],
  'unknown-extension': [
    'this Envoy lacks an extension that it needs',
    'run an Envoy with all extensions, 1.40 or later',
  ],
  'unknown-reference': ['it refers to something that this Envoy does not have', 'see whether that was refused too'],
  'cannot-bind': ['its address cannot be listened on', 'free the port on that machine, or choose another'],
  undecodable: ['this Envoy does not know a field of it', 'run an Envoy of version 1.40 or later'],
  other: ['for a reason that is not classified', 'look at the log of that Envoy, which says why'],
};

interface Refusal {
  readonly type: ResourceType;
  readonly resource: Resource;
  readonly nodes: string[];
  readonly reason: RefusalReason;
}

/**
 * What Envoys refused and is not healed: one finding for each resource, about the definition that it came from. It is gone when
 * its bytes change, or no Envoy that refused them is connected any more.
 */
export function refusalDiagnostics({ nodes }: XdsStatus, snapshots: readonly Snapshot[]): readonly Diagnostic[] {
  const refusals = new Map<string, Refusal>();
  for (const { id, group, streams } of nodes) {
    const types = snapshots.find((snapshot) => snapshot.group === group)?.types;
    for (const stream of streams) {
      for (const [type, { parked, reasons }] of Object.entries(stream.types) as [ResourceType, TypeOf][]) {
        for (const name of parked) {
          const resource = types?.[type].resources.get(name);
          if (resource === undefined) continue;
          const key = `${group}\0${type}\0${name}`;
          const refusal = refusals.get(key) ?? { type, resource, nodes: [], reason: reasons[name] ?? 'other' };
          refusals.set(key, refusal);
          if (!refusal.nodes.includes(id)) refusal.nodes.push(id);
        }
      }
    }
  }
  return [...refusals.values()].map(findingOf);
}

type TypeOf = NonNullable<XdsStatus['nodes'][number]['streams'][number]['types'][ResourceType]>;

function findingOf({ type, resource, nodes, reason }: Refusal): Diagnostic {
  const [meaning, fix] = REASONS[reason];
  const [origin] = resource.origins;
  const { kind = '', namespace = '', name = '', location } = origin ?? {};
  return {
    ...diagnostic('CS6003', {
      message: `Envoy refused the ${SINGULAR[type]} ${JSON.stringify(resource.name)}: ${meaning} (${nodes.join(', ')})`,
      fix,
      ...(origin && { location, subject: { kind, namespace, name } }),
    }),
    consequence: 'what that Envoy accepted before stays in use there; everything else goes on',
  };
}
