import type { sendUnaryData, ServerDuplexStream, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { decodeMessage, type EnvoyMessages } from '../../protos';
import { TYPE_URLS } from '../../snapshot/snapshot';
import { failureOf, TooMuchError } from '../failure';
import { type Peer, peerOf } from '../peer';
import type { RefusalReason } from '../protocol/refusal';
import type { ResourceStatus } from '../protocol/resource-status';
import type { Session } from '../protocol/session';
import { matchesNode } from './node-matcher';

export const CLIENT_STATUS_SERVICE = 'envoy.service.status.v3.ClientStatusDiscoveryService';

export type ClientStatusRequest = EnvoyMessages['envoy.service.status.v3.ClientStatusRequest'];
export type ClientStatusResponse = EnvoyMessages['envoy.service.status.v3.ClientStatusResponse'];
type ClientConfig = EnvoyMessages['envoy.service.status.v3.ClientConfig'];
type ErrorState = EnvoyMessages['envoy.admin.v3.UpdateFailureState'];
type GenericXdsConfig = EnvoyMessages['envoy.service.status.v3.ClientConfig.GenericXdsConfig'];

/** Answers about more than this would take long to put together, and clients would not take them. */
const MAX_RESOURCES = 100_000;

/**
 * What each node was sent and how it answered (Envoy, "Client Status Discovery Service", as a management server fills it). A
 * secret is named, with its version, and never shown; a refusal is told in our words, for Envoy's can quote a private key.
 *
 * @param visible Whether the asking peer may see that session's node.
 * @throws InvalidRequestError for matchers that are not supported, TooMuchError where they pick too many nodes.
 */
export function clientStatus(
  request: ClientStatusRequest,
  sessions: Iterable<Session>,
  visible: (session: Session) => boolean,
): ClientStatusResponse {
  const withContents = request.exclude_resource_contents !== true;
  const configs = new Map<string, ClientConfig & { readonly generic_xds_configs: GenericXdsConfig[] }>();
  let count = 0;
  for (const session of sessions) {
    const { node } = session.info;
    if (node === undefined || !matchesNode(request.node_matchers ?? [], node.id) || !visible(session)) continue;
    const { id, cluster } = node;
    const config = configs.get(id) ?? { node: { id, cluster }, generic_xds_configs: [] };
    configs.set(id, config);
    for (const each of session.resources()) {
      if ((count += 1) > MAX_RESOURCES)
        throw new TooMuchError('too many resources: ask for fewer nodes by node_matchers');
      config.generic_xds_configs.push(genericConfig(each, session, withContents));
    }
  }
  return { config: [...configs.values()] };
}

/** Both methods of the service; a stream answers each of its requests anew. */
export function clientStatusHandlers(
  answer: (request: ClientStatusRequest, peer: Peer) => ClientStatusResponse,
): UntypedServiceImplementation {
  return {
    FetchClientStatus: (
      call: ServerUnaryCall<ClientStatusRequest, ClientStatusResponse>,
      respond: sendUnaryData<ClientStatusResponse>,
    ) => {
      try {
        respond(null, answer(call.request, peerOf(call)));
      } catch (error) {
        const { code, details } = failureOf(error);
        respond({ code, details });
      }
    },
    StreamClientStatus: (call: ServerDuplexStream<ClientStatusRequest, ClientStatusResponse>) => {
      call.on('data', (request: ClientStatusRequest) => {
        try {
          call.write(answer(request, peerOf(call)));
        } catch (error) {
          const { code, details } = failureOf(error);
          call.emit('error', { code, details });
        }
      });
      call.on('end', () => call.end());
      call.on('error', () => {});
    },
  };
}

function genericConfig(
  { type, resource, version, status, reason }: ResourceStatus,
  session: Session,
  withContents: boolean,
): GenericXdsConfig {
  return {
    type_url: TYPE_URLS[type],
    name: resource.name,
    version_info: version,
    config_status: status,
    ...(withContents && type !== 'secrets' && { xds_config: decodeMessage('google.protobuf.Any', resource.any) }),
    ...(reason !== undefined && { error_state: errorState(reason, resource.version, session.refusedAt(type)) }),
  };
}

/** @param at Absent if another stream of the node has met the refusal. */
function errorState(details: RefusalReason, version: string, at: Date | undefined): ErrorState {
  return {
    version_info: version,
    details,
    ...(at && { last_update_attempt: { seconds: Math.floor(at.getTime() / 1000) } }),
  };
}
