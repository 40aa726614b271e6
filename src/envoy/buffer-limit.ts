/** What a connection may buffer on either side before it is read no further (Envoy, "Configuring Envoy as an edge proxy"). */
export const BUFFER_LIMIT_BYTES = 32_768;
