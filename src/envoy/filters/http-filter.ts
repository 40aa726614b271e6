import type { HttpAction } from '../../ir/listener';
import type { EnvoyMessages } from '../../protos';

export type HttpFilter = EnvoyMessages['envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter'];

/** The filter for an HttpAction, or several of its kind; undefined where nothing asks for it. */
export type HttpFilterOf = (action: HttpAction) => HttpFilter | readonly HttpFilter[] | undefined;
