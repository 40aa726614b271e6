import { type CaRole, keyPairOf, trustBundleOf } from '../certificates';
import { invariant } from '../diagnostics/invariant';
import type { Definition } from '../model/definition';
import type { Definitions } from '../model/definitions';
import type { SecretReference } from '../resolution/tls-secrets';
import { Memo } from '../resolution/memo';
import { originOf } from './origin';
import type { Secret } from './secret';

const memo = new Memo<Definition<'Secret'>, Secret>();
const SYSTEM: Secret = { type: 'validation_context', name: 'system/ca', trust: 'system', origins: [] };

/** Gathers the Secrets that the IR refers to while it is being built: each referenced one once, and no other. */
export class SecretCollector {
  readonly #definitions: Definitions;
  readonly #secrets = new Map<string, Secret>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** Registers a key pair and returns its name on the wire, `<namespace>/<name>`. */
  keyPair(reference: SecretReference): string {
    const name = `${reference.namespace}/${reference.name}`;
    const secret = this.#definition(reference);
    const keyPair = keyPairOf(secret.spec.data);
    invariant(keyPair !== undefined, `Secret ${name} passed validation without a key pair`);
    return this.#add(
      memo.get(secret, name, [], () => ({ type: 'tls_certificate', name, keyPair, origins: [originOf(secret)] })),
    );
  }

  /** Registers a CA bundle and returns its name on the wire, `<namespace>/<name>/ca`. */
  trustBundle(reference: SecretReference, role: CaRole): string {
    const name = `${reference.namespace}/${reference.name}/ca`;
    const secret = this.#definition(reference);
    const trust = trustBundleOf(secret.spec.data, role);
    invariant(trust !== undefined, `Secret ${name} passed validation without a CA`);
    return this.#add(
      memo.get(secret, name, [], () => ({ type: 'validation_context', name, trust, origins: [originOf(secret)] })),
    );
  }

  /** Registers the trust store of Envoy’s machine. */
  systemTrust(): string {
    return this.#add(SYSTEM);
  }

  /** Sorted by name. */
  collected(): readonly Secret[] {
    return [...this.#secrets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
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
