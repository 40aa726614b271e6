import { joinedTrustBundle, keyPairOf, revocationOf } from '../certificates';
import { invariant } from '../diagnostics/invariant';
import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { CertificateSource } from '../resolution/certificate-source';
import type { SecretReference, TlsOwner } from '../resolution/tls-secrets';
import type { RevocationSource, Trust, TrustAnchors } from '../resolution/trust';
import { Memo } from '../resolution/memo';
import { originOf } from './origin';
import type { Secret, ValidationContextSecret } from './secret';

const memo = new Memo<Definition, Secret>();
const SYSTEM: Secret = { type: 'validation_context', name: 'system/ca', trust: 'system', origins: [] };

/** Gathers the Secrets that the IR refers to while it is being built: each referenced one once, and no other. */
export class SecretCollector {
  readonly #definitions: Definitions;
  readonly #secrets = new Map<string, Secret>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** Registers a key pair and returns its name on the wire. */
  keyPair(source: CertificateSource): string {
    if (source.type === 'files') {
      const { owner, chain: chainFile, key: keyFile } = source;
      const name = fileName(owner);
      return this.#add(
        memo.get(owner, name, [], () => ({
          type: 'tls_certificate',
          name,
          keyPair: { chainFile, keyFile },
          origins: [originOf(owner)],
        })),
      );
    }
    const name = nameOf(source.reference);
    const secret = this.#definition(source.reference);
    const keyPair = keyPairOf(secret.spec.data);
    invariant(keyPair !== undefined, `Secret ${name} passed validation without a key pair`);
    return this.#add(
      memo.get(secret, name, [], () => ({ type: 'tls_certificate', name, keyPair, origins: [originOf(secret)] })),
    );
  }

  /** Registers what a peer is verified against and returns its name on the wire. */
  trust({ anchors, revocation, owner }: Trust): string {
    if (anchors.type === 'system' && revocation === undefined) return this.#add(SYSTEM);
    const name = [
      `${anchors.type === 'file' ? fileName(owner) : anchorsName(anchors)}/ca`,
      ...(revocation === undefined ? [] : ['crl', revocationName(revocation, owner)]),
    ].join('/');
    const sources = [
      ...(anchors.type === 'secret' ? anchors.references : []),
      ...(revocation?.type === 'secret' ? [revocation.reference] : []),
    ].map((reference) => this.#definition(reference));
    const origin: Definition = sources[0] ?? owner;
    const files = [anchors, revocation].map((source) => (source?.type === 'file' ? source.file : undefined));
    return this.#add(
      memo.get(origin, name, [...sources, ...files], () => ({
        type: 'validation_context',
        name,
        trust: this.#anchors(anchors),
        ...(revocation !== undefined && { revocation: this.#revocation(revocation) }),
        origins: (sources.length > 0 ? sources : [owner]).map(originOf),
      })),
    );
  }

  /** Sorted by name. */
  collected(): readonly Secret[] {
    return [...this.#secrets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  #anchors(anchors: TrustAnchors): ValidationContextSecret['trust'] {
    if (anchors.type === 'system') return 'system';
    if (anchors.type === 'file') return { file: anchors.file };
    const sources = anchors.references.map((reference) => this.#definition(reference).spec.data);
    const trust = joinedTrustBundle(sources, anchors.role);
    invariant(trust !== undefined, `Secret ${anchorsName(anchors)} passed validation without a CA`);
    return trust;
  }

  #revocation(source: RevocationSource): NonNullable<ValidationContextSecret['revocation']> {
    if (source.type === 'file') return { file: source.file };
    const revocation = revocationOf(this.#definition(source.reference).spec.data);
    invariant(
      revocation !== undefined,
      `Secret ${nameOf(source.reference)} passed validation without a revocation list`,
    );
    return revocation;
  }

  #add(secret: Secret): string {
    this.#secrets.set(secret.name, secret);
    return secret.name;
  }

  #definition({ namespace, name }: SecretReference): Definition<'Secret'> {
    const secret = this.#definitions.find('Secret', namespace, name);
    invariant(secret !== undefined, `Secret ${namespace}/${name} is referenced but not supplied`);
    return secret;
  }
}

function nameOf({ namespace, name }: SecretReference): string {
  return `${namespace}/${name}`;
}

/** No Secret has such a name: a slash is in none. */
function fileName({ kind, metadata: { namespace, name } }: TlsOwner): string {
  return kind === 'Host' ? `${namespace}/${name}/host/file` : `${namespace}/${name}/file`;
}

/** Names of Secrets have no `+` in them. */
function anchorsName(anchors: Exclude<TrustAnchors, { readonly type: 'file' }>): string {
  return anchors.type === 'system' ? 'system' : anchors.references.map(nameOf).join('+');
}

function revocationName(source: RevocationSource, owner: TlsOwner): string {
  return source.type === 'secret' ? nameOf(source.reference) : fileName(owner);
}
