import type { HttpAction } from '../../ir/listener';
import { any } from '../../protos';
import type { HttpFilter } from './http-filter';

/** `buffer`: requests are read wholly before they go on (Envoy, "Buffer"). */
export function buffer({ options }: HttpAction): HttpFilter | undefined {
  const { bufferBytes } = options.filters;
  if (bufferBytes === undefined) return undefined;
  return {
    name: 'envoy.filters.http.buffer',
    typed_config: any('envoy.extensions.filters.http.buffer.v3.Buffer', { max_request_bytes: { value: bufferBytes } }),
  };
}
