import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic';
import { type Definition, subjectOf } from '../../model/definition';
import type { Path } from '../../model/document';
import { SOCKET_SCHEME } from '../../resolution/workload-identity';
import type { DefinitionRule } from '../rule';
import { isSpiffeId, isTrustDomain } from './spiffe-id';
import { settingsOf } from './tls-settings-rule';

/** What else names a certificate, roots or revocation lists. */
const OTHERS = [
  'consul',
  'secret',
  'ca_secret',
  'crl_secret',
  'cert_chain_file',
  'private_key_file',
  'cacert_chain_file',
  'crl_file',
] as const;

/** `sun_path` of unix(7) has 108 bytes with its terminator. */
const MAX_PATH_BYTES = 107;
/** What an SDS server calls the certificate of whoever asks. */
const DEFAULT_NAME = 'default';

/** CS7040, CS7041, CS7042, CS7043, CS7049, CS7050: `istio` and `spiffe` stand alone and name a socket, a trust domain and IDs that there can be. */
export const workloadIdentityRule: DefinitionRule = (definition) => {
  const found = settingsOf(definition);
  if (found === undefined) return [];
  const id = found.settings.verify?.spiffe_id;
  const path = [...found.path, 'verify', 'spiffe_id'];
  return [
    ...(id === undefined || isSpiffeId(id) ? [] : [notAnId(definition, id, path)]),
    ...(definition.kind === 'TLSContext' ? ofContext(definition) : []),
  ];
};

function notAnId(definition: Definition, id: string, path: Path): Diagnostic {
  const message = `"${id}" is no SPIFFE ID`;
  return diagnostic('CS7043', { message, subject: subjectOf(definition), location: definition.at(path) });
}

function ofContext(context: Definition<'TLSContext'>): readonly Diagnostic[] {
  const { istio, spiffe, verify, alpn_protocols: protocols } = context.spec;
  const subject = subjectOf(context);
  const field = istio === undefined ? 'spiffe' : 'istio';
  const identity = istio ?? spiffe;
  if (identity === undefined) return [];
  const found: Diagnostic[] = [];
  const twice = [
    ...(istio !== undefined && spiffe !== undefined ? [['spec', 'spiffe']] : []),
    ...OTHERS.filter((other) => context.spec[other] !== undefined).map((other) => ['spec', other]),
    ...(verify?.trust === undefined ? [] : [['spec', 'verify', 'trust']]),
  ];
  for (const path of twice) {
    const message = `${path.slice(1).join('.')} and ${field} are both given`;
    found.push(diagnostic('CS7040', { message, subject, location: context.at(path, 'key') }));
  }
  const obstacle = socketObstacle(identity.sds);
  if (obstacle !== undefined) {
    const location = context.at(['spec', field, 'sds']);
    found.push(diagnostic('CS7041', { message: `sds "${identity.sds}" ${obstacle}`, subject, location }));
  }
  const { trust_domain: domain } = identity;
  if (domain !== undefined && !isTrustDomain(domain)) {
    const location = context.at(['spec', field, 'trust_domain']);
    const inside = /^spiffe:\/\/([^/]+)\/?$/.exec(domain)?.[1];
    const fix = inside !== undefined && isTrustDomain(inside) ? { fix: `write \`${inside}\`` } : {};
    found.push(diagnostic('CS7042', { message: `"${domain}" is no trust domain`, subject, location, ...fix }));
  }
  if (spiffe?.id !== undefined && spiffe.id !== DEFAULT_NAME && !isSpiffeId(spiffe.id))
    found.push(notAnId(context, spiffe.id, ['spec', 'spiffe', 'id']));
  if (verify?.hostname !== undefined) {
    const message = `verify.hostname "${verify.hostname}" is in no certificate of a workload`;
    found.push(diagnostic('CS7049', { message, subject, location: context.at(['spec', 'verify', 'hostname']) }));
  }
  if (istio !== undefined && protocols !== undefined && !protocols.split(',').some(isIstios)) {
    const message = `alpn_protocols "${protocols}" has none of Istio’s protocols`;
    found.push(diagnostic('CS7050', { message, subject, location: context.at(['spec', 'alpn_protocols']) }));
  }
  return found;
}

function isIstios(protocol: string): boolean {
  return /^istio(?:-|$)/.test(protocol.trim());
}

/** Why there can be no such socket, as the end of a sentence. */
function socketObstacle(sds: string): string | undefined {
  if (!sds.startsWith(SOCKET_SCHEME)) return 'does not begin with unix://';
  const path = sds.slice(SOCKET_SCHEME.length);
  if (!path.startsWith('/')) return 'names no absolute path';
  if (path.endsWith('/')) return 'names a folder';
  if (!/^[!-~]+$/.test(path) || /[?#%]/.test(path))
    return 'has a character that does not belong into the name of a socket';
  return Buffer.byteLength(path) > MAX_PATH_BYTES ? `is longer than ${MAX_PATH_BYTES} bytes` : undefined;
}
