import {
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type EnvoyMessages, serviceDefinition } from '../../protos';

type HealthRequest = EnvoyMessages['grpc.health.v1.HealthCheckRequest'];
type HealthResponse = EnvoyMessages['grpc.health.v1.HealthCheckResponse'];

export const HEALTH_SERVICE = 'grpc.health.v1.Health';

/**
 * The gRPC health checking protocol: the server as a whole (`''`) and each of its services are in the same health. Not the
 * `grpc-health-check` package, which reads its `.proto` from beside its own files, where a bundle has none.
 */
export class Health {
  readonly #services: ReadonlySet<string>;
  readonly #watchers = new Set<() => void>();
  #serving = false;

  constructor(services: readonly string[]) {
    this.#services = new Set(['', ...services]);
  }

  get serving(): boolean {
    return this.#serving;
  }

  set serving(serving: boolean) {
    if (serving === this.#serving) return;
    this.#serving = serving;
    for (const tell of this.#watchers) tell();
  }

  readonly definition = serviceDefinition(HEALTH_SERVICE);

  readonly handlers: UntypedServiceImplementation = {
    Check: ({ request }: ServerUnaryCall<HealthRequest, HealthResponse>, answer: sendUnaryData<HealthResponse>) => {
      const health = this.#of(request.service ?? '');
      if (health === 'SERVICE_UNKNOWN') answer({ code: status.NOT_FOUND, details: 'no such service' });
      else answer(null, { status: health });
    },
    Watch: (call: ServerWritableStream<HealthRequest, HealthResponse>) => {
      const tell = () => call.write({ status: this.#of(call.request.service ?? '') });
      this.#watchers.add(tell);
      call.on('cancelled', () => this.#watchers.delete(tell));
      call.on('close', () => this.#watchers.delete(tell));
      tell();
    },
  };

  #of(service: string): 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN' {
    if (!this.#services.has(service)) return 'SERVICE_UNKNOWN';
    return this.#serving ? 'SERVING' : 'NOT_SERVING';
  }
}
