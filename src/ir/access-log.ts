import type { ModuleConfig } from '../resolution/module';
import { standardStream } from '../resolution/standard-stream';

/** Where requests are logged, and how. Formats are texts with Envoy's command operators. */
export interface AccessLog {
  /** `stdout` and `stderr` are those of Envoy; anything else is a file on its machine. */
  readonly output: 'stdout' | 'stderr' | { readonly path: string };
  readonly format: /** One line, without its end; without `text`, Ambassador's own. */
    | { readonly type: 'text'; readonly text?: string }
    /** One JSON object per line; without `fields`, Countersign's own. */
    | { readonly type: 'json'; readonly fields?: Readonly<Record<string, string>> };
}

/** `envoy_log_path`, `envoy_log_type` and `envoy_log_format`. A format says its type by itself where `envoy_log_type` does not. */
export function accessLog({
  envoy_log_path: path = '/dev/fd/1',
  envoy_log_format: format,
  envoy_log_type: type = typeof format === 'string' ? 'text' : 'json',
}: ModuleConfig): AccessLog {
  return {
    output: standardStream(path) ?? { path },
    format:
      type === 'text'
        ? { type, ...(typeof format === 'string' && { text: format }) }
        : { type: 'json', ...(typeof format === 'object' && { fields: format }) },
  };
}
