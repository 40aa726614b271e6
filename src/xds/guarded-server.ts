import {
  Server,
  type ServerOptions,
  type ServiceDefinition,
  status,
  type StatusObject,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { retireConnection } from './message-stream';
import { type Peer, peerOf, type PeeredCall } from './peer';

export type Denial = Pick<StatusObject, 'code' | 'details'>;

/** Says why a peer may not call anything now; undefined: it may. */
export type Gate = (peer: Peer) => Denial | undefined;

type Serve = (call: PeeredCall, answer?: (denial: Denial) => void) => void;

/**
 * A gRPC server whose gate stands inside every handler, of whatever service, those of libraries included. A rule about paths
 * could be passed by a path that is written another way (CVE-2026-33186 in grpc-go); a handler can't.
 */
export class GuardedServer extends Server {
  readonly #gate: Gate;

  constructor(gate: Gate, options: ServerOptions) {
    super(options);
    this.#gate = gate;
  }

  override addService(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
    const handlers = Object.entries(implementation).map(([name, handler]) => [name, this.#guarded(handler)] as const);
    super.addService(service, Object.fromEntries(handlers));
  }

  #guarded(handler: UntypedHandleCall): UntypedHandleCall {
    const serve = handler as Serve;
    const guarded: Serve = (call, answer) => {
      const denial = this.#gate(peerOf(call));
      if (denial === undefined) {
        serve(call, answer);
        return;
      }
      if (answer === undefined) call.emit('error', denial);
      else answer(denial);
      if (denial.code === status.UNAUTHENTICATED) retireConnection(call);
    };
    return guarded as UntypedHandleCall;
  }
}
