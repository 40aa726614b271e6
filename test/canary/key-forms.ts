import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';

/** Everything that a private key (EC or RSA) may look like where it is written, by what that is called. */
export function keyForms(key: KeyObject): Readonly<Record<string, string | Buffer>> {
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const der = key.export({ type: 'pkcs8', format: 'der' });
  const traditional = key.export({ type: key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1', format: 'pem' });
  const body = pem.replaceAll(/-----[^-]+-----|\n/g, '');
  const jwk = key.export({ format: 'jwk' });
  const number = Buffer.from(jwk.d ?? '', 'base64url');
  const escaped = (form: (hex: string) => string) => der.toString('hex').replaceAll(/../g, form);
  return {
    'its PEM': pem,
    'its PEM in the structure of its kind': traditional.toString(),
    'its PEM indented, as in YAML': pem.replaceAll(/^/gm, '      '),
    'its PEM in JSON': JSON.stringify({ key: pem }),
    'its PEM in JSON in JSON': JSON.stringify(JSON.stringify({ key: pem })),
    'its PEM on other lines': body.replaceAll(/.{17}/g, '$&\r\n'),
    'some lines of its PEM': pem.split('\n').slice(2, -2).join('\n'),
    'its PEM in a URL': encodeURIComponent(pem),
    'its PEM in a URL in a URL': encodeURIComponent(encodeURIComponent(pem)),
    'its PEM in the escapes of JSON': `"${pem.replaceAll(/[^]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`,
    'its PEM in JSON with escaped slashes': JSON.stringify(pem).replaceAll('/', '\\/'),
    'its PEM in HTML': pem.replaceAll('/', '&#x2F;').replaceAll('+', '&#43;').replaceAll('=', '&#61;'),
    'its PEM in UTF-16': Buffer.from(pem, 'utf16le'),
    'its PEM in the data of a Secret': Buffer.from(pem).toString('base64'),
    'its PEM and more in the data of a Secret': Buffer.from(`x${pem}`).toString('base64'),
    'base64 of its bytes': der.toString('base64'),
    'base64 that began one byte earlier': Buffer.concat([Buffer.from('x'), der]).toString('base64'),
    'base64 that began two bytes earlier': Buffer.concat([Buffer.from('xy'), der]).toString('base64'),
    base64url: der.toString('base64url'),
    hexadecimal: der.toString('hex'),
    'hexadecimal as OpenSSL prints it': escaped((hex) => `${hex}:`),
    'hexadecimal in capitals': der.toString('hex').toUpperCase(),
    'hexadecimal with spaces': escaped((hex) => `${hex} `),
    'hexadecimal of a program': escaped((hex) => `0x${hex}, `),
    'a decimal number': BigInt(`0x${number.toString('hex')}`).toString(),
    'a Buffer inspected': inspect(number),
    'an array inspected': inspect(new Uint8Array(der), { maxArrayLength: null }),
    'a Buffer in JSON': JSON.stringify(der),
    'a JWK': JSON.stringify(jwk),
    'its bytes': der,
    'its bytes in text': der.toString('latin1'),
    'its bytes as text, encoded': Buffer.from(der.toString('latin1')),
    'its bytes in a URL': escaped((hex) => `%${hex}`),
    'its bytes in the escapes of JavaScript': escaped((hex) => `\\x${hex}`),
    'octal escapes': escaped((hex) => `\\${Number.parseInt(hex, 16).toString(8).padStart(3, '0')}`),
  };
}
