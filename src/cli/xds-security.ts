import { isIP } from 'node:net';
import type { Command } from 'commander';
import { parseListenAddress } from '../xds';
import { CommandFailure } from './exit-code';
import type { XdsTlsPaths } from './xds-tls';

export interface XdsSecurityFlags {
  readonly xdsCert?: string;
  readonly xdsKey?: string;
  readonly xdsCa?: string;
  readonly xdsCrl?: string;
  readonly xdsPolicy?: string;
  readonly xdsAnyClient?: boolean;
  readonly xdsPlaintext?: boolean;
}

/** How the xDS port is secured: its files, and who may be which node. */
export interface XdsSecurity {
  readonly tls: XdsTlsPaths;
  /** Path of an access policy. */
  readonly access: { readonly policyFile: string } | 'any-client';
}

export function addXdsSecurityOptions(command: Command): Command {
  return command
    .option('--xds-cert <file>', 'certificate chain of the xDS port (PEM); makes it mutual TLS 1.3')
    .option('--xds-key <file>', 'its private key (PEM)')
    .option('--xds-ca <file>', 'CA of the Envoys’ client certificates (PEM)')
    .option('--xds-crl <file>', 'revocation lists of that CA (PEM)')
    .option('--xds-policy <file>', 'which client certificate may be which node, and be served which node groups (YAML)')
    .option(
      '--xds-any-client',
      'in place of a policy: any client certificate of --xds-ca may be any node and gets every private key',
    )
    .option(
      '--xds-plaintext',
      'allow an xDS port without TLS beyond loopback: whoever reaches it gets every private key',
    );
}

/**
 * What the flags say about an xDS port at `address`; undefined: cleartext.
 *
 * @throws CommandFailure where flags contradict each other, or leave open who may connect.
 */
export function xdsSecurityOf(flags: XdsSecurityFlags, address: string): XdsSecurity | undefined {
  const { xdsCert: cert, xdsKey: key, xdsCa: ca, xdsCrl: crl, xdsPolicy, xdsAnyClient } = flags;
  if (cert === undefined && key === undefined && ca === undefined) {
    if (crl !== undefined || xdsPolicy !== undefined || xdsAnyClient === true)
      throw new CommandFailure('--xds-crl, --xds-policy and --xds-any-client need --xds-cert, --xds-key and --xds-ca');
    if (flags.xdsPlaintext !== true && !isLocal(address))
      throw new CommandFailure(
        `--xds ${address} is reachable from elsewhere and has no TLS: give --xds-cert, --xds-key and --xds-ca`,
      );
    return undefined;
  }
  if (cert === undefined || key === undefined || ca === undefined)
    throw new CommandFailure('--xds-cert, --xds-key and --xds-ca belong together');
  if (flags.xdsPlaintext === true) throw new CommandFailure('--xds-plaintext contradicts --xds-cert');
  const tls = { cert, key, ca, ...(crl !== undefined && { crl }) };
  if (xdsPolicy !== undefined && xdsAnyClient === true)
    throw new CommandFailure('--xds-any-client contradicts --xds-policy');
  if (xdsAnyClient === true) return { tls, access: 'any-client' };
  if (xdsPolicy === undefined)
    throw new CommandFailure(
      'who may be which node? give --xds-policy, or --xds-any-client to let any certificate of --xds-ca be any node',
    );
  return { tls, access: { policyFile: xdsPolicy } };
}

function isLocal(address: string): boolean {
  const target = parseListenAddress(address);
  if ('path' in target) return true;
  if (isIP(target.host) === 0) return target.host === 'localhost';
  return target.host.startsWith('127.') || target.host === '::1';
}
