export { parseListenAddress, type ListenAddress } from './address';
export type { AccessRules } from './access';
export type { XdsTls } from './listener';
export { DEFAULT_LIMITS, type XdsLimits } from './limits';
export { DEFAULT_GROUP, type NodeIdentity } from './protocol/node';
export {
  type Nack,
  observers,
  type RefusedResource,
  type Sent,
  type StreamInfo,
  type XdsObserver,
} from './protocol/observer';
export type { RefusalReason } from './protocol/refusal';
export { type Secured, XdsServer, type XdsServerOptions } from './server';
export type { NodeResources, NodeStatus, StreamStatus, TypeStatus, XdsStatus } from './protocol/status';
