import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import { hostTls } from '../../resolution/host-tls';
import type { Violation } from '../../resolution/quarantine';
import { tcpTermination } from '../../resolution/tcp-termination';
import { resolveTlsContext } from '../../resolution/tls-context';
import type { TlsOwner, TlsSettings } from '../../resolution/tls-secrets';
import { downstreamTrust } from '../../resolution/trust';
import { namesPeers } from '../../resolution/peer-names';
import { type ReferenceRule, type RuleContext, WITH_CONTEXT, upstreamsInService } from '../rule';

/** CS4010, CS4021, CS4022: no one believes in a setting that is about the other direction, or in a TLSContext that nothing uses. */
export const directionRule: ReferenceRule = (context) => {
  const { definitions } = context;
  const upstream = usedUpstream(context);
  const terminating = definitions.of('Host').flatMap((host) => {
    const tls = hostTls(host, definitions);
    return tls === undefined ? [] : [{ host, tls }];
  });
  const downstream = new Set<Definition>([
    ...terminating.map(({ tls }) => tls.owner),
    ...definitions.of('TCPMapping').flatMap((mapping) => tcpTermination(mapping, definitions)?.tls.owner ?? []),
  ]);
  const found: Violation[] = [];
  for (const { host, tls } of terminating) {
    const { owner, settings, path, certificate } = tls;
    if (owner.kind === 'Host') found.push(...withoutEffect(owner, settings, path, 'downstream'));
    const shared = owner.kind === 'TLSContext' && upstream.has(owner);
    if (shared || !namesPeers(settings)) continue;
    if (downstreamTrust(owner, settings, path, certificate, definitions) !== undefined) continue;
    const message = `Host "${host.metadata.name}" says which names to accept of clients, but not whom to trust`;
    const location = owner.at([...path, 'verify'], 'key');
    found.push({ diagnostic: diagnostic('CS4010', { message, subject: subjectOf(host), location }) });
  }
  for (const owner of definitions.of('TLSContext')) {
    const directions = [
      ...(downstream.has(owner) ? (['downstream'] as const) : []),
      ...(upstream.has(owner) ? (['upstream'] as const) : []),
    ];
    const [only, both] = directions;
    if (only !== undefined && both === undefined) found.push(...withoutEffect(owner, owner.spec, ['spec'], only));
    const { hosts = [] } = owner.spec;
    if (hosts.length === 0 || downstream.has(owner)) continue;
    const message = `TLSContext "${owner.metadata.name}" lists hosts, but no Host or TCPMapping uses it`;
    const location = owner.at(['spec', 'hosts'], 'key');
    found.push({ diagnostic: diagnostic('CS4022', { message, subject: subjectOf(owner), location }) });
  }
  return found;
};

function usedUpstream(context: RuleContext): ReadonlySet<Definition<'TLSContext'>> {
  const used = new Set<Definition<'TLSContext'>>();
  for (const { owner, tls } of upstreamsInService(context, WITH_CONTEXT)) {
    if (tls === undefined) continue;
    const resolved = resolveTlsContext(context.definitions, tls, owner.metadata.namespace);
    if (resolved.type === 'found') used.add(resolved.context);
  }
  return used;
}

function withoutEffect(
  owner: TlsOwner,
  settings: TlsSettings,
  path: Path,
  direction: 'downstream' | 'upstream',
): readonly Violation[] {
  const { cert_required, sni, verify } = settings;
  const say = (field: Path, why: string): Diagnostic => {
    const message = `${field.join('.')} has no effect: ${why}`;
    return diagnostic('CS4021', { message, subject: subjectOf(owner), location: owner.at([...path, ...field], 'key') });
  };
  const declared = settings.ca_secret ?? settings.cacert_chain_file;
  const found =
    direction === 'upstream'
      ? [
          ...(cert_required === true ? [say(['cert_required'], 'it is about clients, and only upstreams use it')] : []),
          ...(verify?.trust !== undefined && declared !== undefined
            ? [say(['verify', 'trust'], 'a CA is named, and counts instead')]
            : []),
        ]
      : [
          ...(sni !== undefined ? [say(['sni'], 'it is about upstreams, and only clients use it')] : []),
          ...(verify?.trust !== undefined
            ? [say(['verify', 'trust'], 'clients are verified against a CA that is named, and nothing else')]
            : []),
        ];
  return found.map((finding) => ({ diagnostic: finding }));
}
