/** Where a document is to stand. */
export interface DocumentName {
  readonly namespace: string;
  readonly name: string;
}

/** Endpoints of a service that some definition sends requests to. */
export interface ServiceDemand {
  readonly service: string;
  /** Sidecar proxies and the like, instead of the service itself. */
  readonly connect: boolean;
  /** Of the ConsulEndpoints that it becomes. */
  readonly document: DocumentName;
}

/** The certificate of a service, which some TLSContext presents. */
export interface IdentityDemand {
  readonly service: string;
  /** Of the Secrets that it becomes: one for each namespace that has such a TLSContext. */
  readonly secrets: readonly DocumentName[];
}

/** What definitions need of the Consul that one ConsulResolver means. */
export interface ConsulDemand {
  readonly resolver: DocumentName & { readonly labels: Readonly<Record<string, string>> };
  readonly address: string;
  readonly datacenter?: string;
  /** Of Consul Enterprise. */
  readonly namespace?: string;
  readonly tags: readonly string[];
  readonly token?: string;
  readonly tokenFile?: string;
  /** PEM, or the path of a file with it. */
  readonly ca?: string;
  readonly services: readonly ServiceDemand[];
  readonly identities: readonly IdentityDemand[];
  /** The Secrets that all CA roots of Consul Connect become. */
  readonly roots: readonly DocumentName[];
}
