import { type Api, ApiError } from '../../sources/kubernetes/api';

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** A Secret that is kept up to date here: PEM texts by key. */
export interface StoredSecret {
  readonly data: Readonly<Record<string, string>>;
  /** What the API wants to see again, lest something that another process wrote is lost. */
  readonly resourceVersion: string;
  /** Whether it was made here, and may be replaced. */
  readonly own: boolean;
}

/** Where the certificates of the xDS connection are kept. */
export interface SecretStore {
  read(secret: SecretName): Promise<StoredSecret | undefined>;
  /** Makes it, or replaces what was read; false if another process was faster. */
  write(secret: SecretName, data: Readonly<Record<string, string>>, before?: StoredSecret): Promise<boolean>;
}

const LABEL = 'app.kubernetes.io/managed-by';
const MANAGER = 'countersign-xds-pki';

interface ApiSecret {
  readonly metadata: { readonly resourceVersion: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
}

/** Secrets of the Kubernetes API. */
export class KubernetesSecrets implements SecretStore {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async read(secret: SecretName): Promise<StoredSecret | undefined> {
    try {
      const { metadata, data = {} } = (await this.#api.json({
        path: `${collectionOf(secret)}/${secret.name}`,
      })) as ApiSecret;
      return {
        data: Object.fromEntries(
          Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
        ),
        resourceVersion: metadata.resourceVersion,
        own: metadata.labels?.[LABEL] === MANAGER,
      };
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async write(secret: SecretName, data: Readonly<Record<string, string>>, before?: StoredSecret): Promise<boolean> {
    const body = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: {
        ...secret,
        labels: { [LABEL]: MANAGER, 'app.kubernetes.io/part-of': 'countersign' },
        ...(before && { resourceVersion: before.resourceVersion }),
      },
      data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
    };
    try {
      await this.#api.json(
        before === undefined
          ? { method: 'POST', path: collectionOf(secret), body }
          : { method: 'PUT', path: `${collectionOf(secret)}/${secret.name}`, body },
      );
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return false;
      throw error;
    }
  }
}

function collectionOf({ namespace }: SecretName): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}
