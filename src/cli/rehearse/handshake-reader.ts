/** What is readable of a handshake before it is encrypted (RFC 5246 §6.2, §7.4; RFC 8446 §5.1). */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;

const CERTIFICATE_REQUEST = 13;
const SERVER_HELLO_DONE = 14;

const FATAL = 2;

/** Alerts by their number (RFC 8446 §6.2; IANA, TLS Alerts). */
const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
};

/** Reads along what the server sends, as long as it is in the clear. */
export class HandshakeReader {
  #bytes: Buffer = Buffer.alloc(0);
  #messages: Buffer = Buffer.alloc(0);
  #over = false;
  #alert: string | undefined;
  #requested: boolean | undefined;

  /** A fatal alert in the clear. */
  get alert(): string | undefined {
    return this.#alert;
  }

  /** Whether it asked for a client certificate; undefined where that cannot be read. */
  get certificateRequested(): boolean | undefined {
    return this.#requested;
  }

  read(chunk: Buffer): void {
    if (this.#over) return;
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (!this.#over && this.#bytes.length >= 5) {
      const type = this.#bytes.readUInt8(0);
      const length = this.#bytes.readUInt16BE(3);
      if (this.#bytes.length < 5 + length) return;
      this.#record(type, this.#bytes.subarray(5, 5 + length));
      this.#bytes = this.#bytes.subarray(5 + length);
    }
  }

  #record(type: number, body: Buffer): void {
    if (type === HANDSHAKE) {
      this.#messages = Buffer.concat([this.#messages, body]);
      this.#readMessages();
    } else if (type === ALERT && body.length === 2) {
      const number = body.readUInt8(1);
      if (body.readUInt8(0) === FATAL) this.#alert = ALERTS[number] ?? `alert ${String(number)}`;
    } else if (type !== CHANGE_CIPHER_SPEC || this.#requested !== undefined) {
      // In TLS 1.3 a ChangeCipherSpec says nothing; in TLS 1.2 what follows it is encrypted.
      this.#over = true;
    }
  }

  #readMessages(): void {
    while (this.#messages.length >= 4) {
      const type = this.#messages.readUInt8(0);
      const length = this.#messages.readUIntBE(1, 3);
      if (this.#messages.length < 4 + length) return;
      this.#messages = this.#messages.subarray(4 + length);
      if (type === CERTIFICATE_REQUEST) this.#requested = true;
      if (type === SERVER_HELLO_DONE) this.#requested ??= false;
    }
  }
}
