import type { Gzip } from '../../ir/gzip';
import type { HttpAction } from '../../ir/listener';
import { any } from '../../protos';
import { memoised } from '../memo';
import type { HttpFilter } from './http-filter';

/** `gzip`: responses are compressed for clients that accept it (Envoy, "Compressor"). */
export function compressor({ options }: HttpAction): HttpFilter | undefined {
  const { gzip } = options.filters;
  return gzip && build(gzip);
}

const build = memoised(
  (gzip: Gzip): HttpFilter => ({
    name: 'envoy.filters.http.compressor',
    typed_config: any('envoy.extensions.filters.http.compressor.v3.Compressor', {
      response_direction_config: {
        common_config: {
          ...(gzip.minContentLength !== undefined && { min_content_length: { value: gzip.minContentLength } }),
          ...(gzip.contentTypes.length > 0 && { content_type: [...gzip.contentTypes] }),
        },
        ...(gzip.notWithEtag && { disable_on_etag_header: true }),
        ...(gzip.hideAcceptEncoding && { remove_accept_encoding_header: true }),
      },
      compressor_library: {
        name: 'gzip',
        typed_config: any('envoy.extensions.compression.gzip.compressor.v3.Gzip', {
          ...(gzip.memoryLevel !== undefined && { memory_level: { value: gzip.memoryLevel } }),
          ...(gzip.windowBits !== undefined && { window_bits: { value: gzip.windowBits } }),
          ...(gzip.level !== undefined && { compression_level: gzip.level }),
          ...(gzip.strategy !== undefined && { compression_strategy: gzip.strategy }),
        }),
      },
    }),
  }),
);
