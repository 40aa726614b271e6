import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
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

export interface XdsTlsWatch {
  /** What is in use at first. */
  readonly current: XdsTls;
  readonly log: Logger;
  readonly now: () => Date;
  readonly use: (tls: XdsTls) => void;
}

/** Uses the files whenever they have changed; a half-written or mismatched set is told of and not used. Returns what ends it. */
export function watchXdsTls(paths: XdsTlsPaths, { current, log, now, use }: XdsTlsWatch): () => Promise<void> {
  let known = current;
  tellValidity(known, now(), log);
  const reload = async () => {
    try {
      const read = await readXdsTls(paths, now());
      if (isDeepStrictEqual(read, known)) return;
      known = read;
      use(read);
      log.info('certificate of the xDS port read again');
      tellValidity(read, now(), log);
    } catch (error) {
      log.error(
        { problem: error instanceof Error ? error.message : 'unknown' },
        'certificate of the xDS port not renewed',
      );
    }
  };
  return watchFiles(Object.values(paths), () => void reload());
}

/** Of its life, counted from its end: whoever renews certificates has done so by then. */
const LAST_SHARE = 0.1;

/** Says where Envoys take the port’s certificate no more, or not for much longer: their own logs say little of it. */
function tellValidity({ certificateChain }: XdsTls, at: Date, log: Logger): void {
  const { validFrom, validTo } = new X509Certificate(certificateChain);
  const [notBefore, notAfter] = [new Date(validFrom), new Date(validTo)];
  const dates = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
  const left = notAfter.getTime() - at.getTime();
  if (left < 0) log.error(dates, 'the certificate of the xDS port has expired: no Envoy connects with it');
  else if (at < notBefore)
    log.error(dates, 'the certificate of the xDS port is not valid yet: no Envoy connects with it');
  else if (left < (notAfter.getTime() - notBefore.getTime()) * LAST_SHARE)
    log.warn(dates, 'the certificate of the xDS port ends soon, and was not renewed');
}
