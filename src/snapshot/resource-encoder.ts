import { createHash, createHmac, hash } from 'node:crypto';
import { invariant } from '../diagnostics/invariant';
import type { Resource, ResourceType } from './snapshot';

/** One translated resource: an Envoy message with its name, what it refers to, and where it came from. */
export interface EncodableResource<Name extends string = string> {
  readonly type: ResourceType;
  readonly name: string;
  /** Full protobuf name of `message`, such as `envoy.config.cluster.v3.Cluster`. */
  readonly messageName: Name;
  readonly message: object;
  readonly references: Resource['references'];
  /** See `Resource`. */
  readonly external?: boolean;
  readonly origins: Resource['origins'];
}

/** Encodes a message as a `google.protobuf.Any`. The bytes must depend on the message's content only. */
export type EncodeAny<Name extends string = string> = (messageName: Name, message: object) => Buffer;

/**
 * Encodes resources, each once: the memo is keyed by identity, so a translator that returns the same resource for unchanged
 * input costs nothing here. The message is asked for once and not kept.
 */
export class ResourceEncoder<Name extends string = string> {
  readonly #encodeAny: EncodeAny<Name>;
  readonly #secretVersionKey: Buffer;
  readonly #resources = new WeakMap<EncodableResource<Name>, Resource>();

  /**
   * @param secretVersionKey At least 16 bytes, shared by all replicas. Versions of secrets are HMACs under it, because a
   *   bare hash would let anybody who sees a version test guesses of the secret.
   */
  constructor(encodeAny: EncodeAny<Name>, secretVersionKey: Buffer) {
    invariant(secretVersionKey.length >= 16, 'the key for versions of secrets must have at least 16 bytes');
    this.#encodeAny = encodeAny;
    this.#secretVersionKey = secretVersionKey;
  }

  encode(resource: EncodableResource<Name>): Resource {
    let known = this.#resources.get(resource);
    if (known === undefined) {
      known = this.#encode(resource);
      this.#resources.set(resource, known);
    }
    return known;
  }

  #encode(resource: EncodableResource<Name>): Resource {
    const any = this.#encodeAny(resource.messageName, resource.message);
    return new EncodedResource(resource, any, this.#version(resource.type, any));
  }

  #version(type: ResourceType, any: Buffer): string {
    const digest =
      type === 'secrets' ? createHmac('sha256', this.#secretVersionKey).update(any).digest('hex') : sha256(any);
    return digest.slice(0, 16);
  }
}

/** In hexadecimal; in one call, where Node has it (20.12), for a third of the time. */
function sha256(bytes: Buffer): string {
  return hash === undefined ? createHash('sha256').update(bytes).digest('hex') : hash('sha256', bytes);
}

class EncodedResource implements Resource {
  readonly name: string;
  readonly version: string;
  readonly any: Buffer;
  readonly references: Resource['references'];
  readonly external: boolean;
  readonly #source: EncodableResource;

  constructor(source: EncodableResource, any: Buffer, version: string) {
    this.name = source.name;
    this.version = version;
    this.any = any;
    this.references = source.references;
    this.external = source.external === true;
    this.#source = source;
  }

  /** Left to the source, which may not have gathered them yet. */
  get origins(): Resource['origins'] {
    return this.#source.origins;
  }
}
