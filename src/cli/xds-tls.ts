import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createSecureContext } from 'node:tls';
import { watch } from 'chokidar';
import type { XdsTls } from '../xds';
import type { Logger } from './log';

/** The PEM files of the xDS port: its certificate chain, its key, and the CA of the Envoys’ client certificates. */
export interface XdsTlsPaths {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

const QUIET_MS = 100;

/** Reads the files as one unit. @throws Error with a cause where one can’t be read, or the key is not the certificate’s. */
export async function readXdsTls(paths: XdsTlsPaths): Promise<XdsTls> {
  const read = async (path: string) => {
    try {
      return await readFile(path);
    } catch (cause) {
      throw new Error(`cannot read ${path}`, { cause });
    }
  };
  const [certificateChain, privateKey, clientCa] = await Promise.all([
    read(paths.cert),
    read(paths.key),
    read(paths.ca),
  ]);
  let belongs: boolean;
  try {
    createSecureContext({ cert: certificateChain, key: privateKey, ca: clientCa });
    belongs = new X509Certificate(certificateChain).checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    // The cause would quote what it could not parse.
    throw new Error(`${paths.cert}, ${paths.key} and ${paths.ca} are not a certificate, its key and a CA in PEM`, {
      cause: new Error('not PEM'),
    });
  }
  if (!belongs)
    throw new Error(`${paths.key} is not the private key of ${paths.cert}`, { cause: new Error('key mismatch') });
  return { certificateChain, privateKey, clientCa };
}

/** Reads the files again whenever they change; a half-written or mismatched set is told of and not used. Returns what ends it. */
export function watchXdsTls(paths: XdsTlsPaths, log: Logger, use: (tls: XdsTls) => void): () => Promise<void> {
  const directories = [...new Set([paths.cert, paths.key, paths.ca].map((path) => dirname(path)))];
  let timer: NodeJS.Timeout | undefined;
  const reload = async () => {
    try {
      use(await readXdsTls(paths));
      log.info('certificate of the xDS port read again');
    } catch (error) {
      log.error(
        { problem: error instanceof Error ? error.message : 'unknown' },
        'certificate of the xDS port not renewed',
      );
    }
  };
  const watcher = watch(directories, { depth: 0, ignoreInitial: true }).on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void reload(), QUIET_MS);
  });
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
