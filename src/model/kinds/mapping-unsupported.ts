import type { Unsupported } from './kind-model';

const error = (effect: string, fix?: string): Unsupported => ({
  severity: 'error',
  effect,
  ...(fix !== undefined && { fix }),
});

/** Fields of `Mapping.spec` that Ambassador documents and Countersign does not have yet. */
export const unsupportedMappingFields: Readonly<Record<string, Unsupported>> = {
  envoy_override: error('the route would differ from what it says'),
  outlier_detection: error(
    'failing endpoints would not be ejected; Ambassador refuses the Mapping for it too',
    'remove the field, and see whether health_checks or retry_policy do instead',
  ),
  error_response_overrides: error('error responses would stay as they are; Ambassador refuses the Mapping for it too'),
};

/** Fields of `Mapping.spec` that Ambassador accepts and does nothing with. */
export const ignoredMappingFields: Readonly<Record<string, string>> = {
  bypass_error_response_overrides: 'there are no overrides to bypass',
  docs: 'it only feeds the developer portal',
  modules: 'it means nothing',
};
