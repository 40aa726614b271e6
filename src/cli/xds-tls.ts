import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { judgeRevocation, readRevocation, type SecretValues } from '../certificates';
import type { XdsTls } from '../xds';
import type { Logger } from './log';
import { watchFiles } from './watched-files';

/** The PEM files of the xDS port: its certificate chain, its key, and the CA of the Envoys’ client certificates. */
export interface XdsTlsPaths {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
  /** Revocation lists of that CA. */
  readonly crl?: string;
}

/**
 * Reads the files as one unit.
 *
 * @param at the moment at which revocation lists must be in force: with one that is not, every client would be refused
 * @throws Error with a cause where one can’t be read, the key is not the certificate’s, or the lists are not those of the CA.
 */
export async function readXdsTls(paths: XdsTlsPaths, at: Date): Promise<XdsTls> {
  const read = async (path: string) => {
    try {
      return await readFile(path);
    } catch (cause) {
      throw new Error(`cannot read ${path}`, { cause });
    }
  };
  const [certificateChain, privateKey, clientCa, crl] = await Promise.all([
    read(paths.cert),
    read(paths.key),
    read(paths.ca),
    paths.crl === undefined ? undefined : read(paths.crl),
  ]);
  let belongs: boolean;
  try {
    belongs = new X509Certificate(certificateChain).checkPrivateKey(createPrivateKey(privateKey));
    if (belongs) createSecureContext({ cert: certificateChain, key: privateKey, ca: clientCa });
  } catch {
    // The cause would quote what it could not parse.
    throw new Error(`${paths.cert}, ${paths.key} and ${paths.ca} are not a certificate, its key and a CA in PEM`, {
      cause: new Error('not PEM'),
    });
  }
  if (!belongs)
    throw new Error(`${paths.key} is not the private key of ${paths.cert}`, { cause: new Error('key mismatch') });
  const problem = crl && revocationProblem(clientCa, crl, at);
  if (problem !== undefined) throw new Error(`${paths.crl}: ${problem}`, { cause: new Error('revocation lists') });
  return { certificateChain, privateKey, clientCa, ...(crl && { crl }) };
}

/** What makes the lists useless for the CA, in words; undefined: nothing. */
function revocationProblem(ca: Buffer, crl: Buffer, at: Date): string | undefined {
  const lists = fileAs('crl.pem', crl);
  const findings = [
    ...readRevocation(lists, at).findings,
    ...judgeRevocation([fileAs('ca.crt', ca)], 'declared', lists),
  ];
  return findings.find(({ severity }) => severity === 'error')?.message;
}

/** A file, as the Secret that would hold it. */
function fileAs(key: string, value: Buffer): SecretValues {
  return { get: (name) => (name === key ? value : undefined), keys: () => [key] };
}

/** Reads the files again whenever they change; a half-written or mismatched set is told of and not used. Returns what ends it. */
export function watchXdsTls(
  paths: XdsTlsPaths,
  { log, now, use }: { readonly log: Logger; readonly now: () => Date; readonly use: (tls: XdsTls) => void },
): () => Promise<void> {
  const reload = async () => {
    try {
      use(await readXdsTls(paths, now()));
      log.info('certificate of the xDS port read again');
    } catch (error) {
      log.error(
        { problem: error instanceof Error ? error.message : 'unknown' },
        'certificate of the xDS port not renewed',
      );
    }
  };
  return watchFiles(Object.values(paths), () => void reload());
}
