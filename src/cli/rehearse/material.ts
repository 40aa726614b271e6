import { readFile } from 'node:fs/promises';
import {
  type KeyPair,
  keyPairOf,
  type Revocation,
  revocationOf,
  type SecretValues,
  type TrustBundle,
  trustBundleOf,
} from '../../certificates';
import { SYSTEM_TRUST_FILE } from '../../envoy/secret';
import type { Demanded, Demands, Presented, TlsPlan } from '../../rehearsal';

/** What a handshake needs, read: paths of definitions are taken on this machine. */
export interface Material {
  readonly keyPair?: KeyPair;
  readonly demands?: Demands;
}

/** @throws Error in words for people, where a file cannot be read or used here */
export async function readMaterial({ presented, demanded }: TlsPlan): Promise<Material> {
  return {
    ...(presented !== undefined && { keyPair: await keyPairIn(presented) }),
    ...(demanded !== undefined && { demands: await demandsIn(demanded) }),
  };
}

async function keyPairIn({ keyPair }: Presented): Promise<KeyPair> {
  if ('socket' in keyPair) throw elsewhere(keyPair);
  if (!('chainFile' in keyPair)) return keyPair;
  const { chainFile, keyFile } = keyPair;
  const [chain, key] = [await contentOf(chainFile), await contentOf(keyFile)];
  return usable(keyPairOf(valuesOf({ 'tls.crt': chain, 'tls.key': key })), chainFile);
}

async function demandsIn({ trust, revocation, subjectAltNames }: Demanded): Promise<Demands> {
  return {
    trust: await bundleIn(trust),
    ...(revocation !== undefined && { revocation: await revocationIn(revocation) }),
    subjectAltNames,
  };
}

async function bundleIn(trust: Demanded['trust']): Promise<TrustBundle> {
  if (trust !== 'system' && 'socket' in trust) throw elsewhere(trust);
  const file = trust === 'system' ? SYSTEM_TRUST_FILE : 'file' in trust ? trust.file : undefined;
  if (file === undefined) return trust as TrustBundle;
  return usable(trustBundleOf(valuesOf({ 'ca.crt': await contentOf(file) }), 'declared'), file);
}

async function revocationIn(revocation: NonNullable<Demanded['revocation']>): Promise<Revocation> {
  if (!('file' in revocation)) return revocation;
  return usable(revocationOf(valuesOf({ 'crl.pem': await contentOf(revocation.file) })), revocation.file);
}

function elsewhere({ socket, name }: { readonly socket: string; readonly name: string }): Error {
  return new Error(`${name} is known only to the SDS server at ${socket} of Envoy’s machine`);
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new Error(`${file} of Envoy’s machine cannot be read on this one`, { cause });
  }
}

function usable<Value>(value: Value | undefined, file: string): Value {
  if (value === undefined) throw new Error(`${file} does not hold what it should`);
  return value;
}

function valuesOf(values: Readonly<Record<string, Buffer>>): SecretValues {
  return { get: (key) => values[key], keys: () => Object.keys(values) };
}
