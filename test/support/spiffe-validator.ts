// Envoy’s SPIFFE validator is nothing that Countersign configures; SPIRE Agent does, in the secrets that it serves. Encoded by hand.

const TYPE = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig';

/**
 * The bytes of a Secret with roots by trust domain, as SPIRE Agent sends it:
 * `validation_context.custom_validator_config.typed_config.trust_domains`.
 */
export function spiffeValidator(name: string, bundles: Readonly<Record<string, string>>): Buffer {
  // TrustDomain: name (1), trust_bundle (2); DataSource: inline_string (3).
  const trustDomains = Object.entries(bundles).map(([domain, pem]) =>
    field(1, field(1, Buffer.from(domain)), field(2, field(3, Buffer.from(pem)))),
  );
  const typedConfig = [field(1, Buffer.from(TYPE)), field(2, ...trustDomains)];
  const validator = [field(1, Buffer.from('envoy.tls.cert_validator.spiffe')), field(2, ...typedConfig)];
  // Secret: name (1), validation_context (4); CertificateValidationContext: custom_validator_config (12).
  return Buffer.concat([field(1, Buffer.from(name)), field(4, field(12, ...validator))]);
}

/** A field of length-delimited content (Protocol Buffers, "Encoding"). */
function field(number: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 127) | 128]), varint(value >>> 7)]);
}
