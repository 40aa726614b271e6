import { readFile } from 'node:fs/promises';
import { type AccessPolicy, readAccessPolicy } from '../authorization';
import type { Diagnostic } from '../diagnostics/diagnostic';
import { place } from '../diagnostics/reporters/report';
import { readDocuments } from '../sources/yaml/read-documents';
import { CommandFailure } from './exit-code';
import type { Logger } from './log';
import { watchFiles } from './watched-files';

/** Reads an access policy. @throws CommandFailure saying what is wrong with it, and where. */
export async function readAccessPolicyFile(path: string): Promise<AccessPolicy> {
  const bytes = await readFile(path).catch(() => {
    throw new CommandFailure(`cannot read ${path}`);
  });
  const { documents, diagnostics } = readDocuments(path, bytes);
  if (diagnostics.length > 0) throw new CommandFailure(told(diagnostics));
  const [document] = documents;
  if (document === undefined || documents.length > 1) throw new CommandFailure(`${path} must hold one access policy`);
  const { policy, diagnostics: wrong } = readAccessPolicy(document);
  if (policy === undefined) throw new CommandFailure(told(wrong));
  return policy;
}

/** Reads the policy again whenever its file changes; one that is wrong is told of and not used. Returns what ends it. */
export function watchAccessPolicy(path: string, log: Logger, use: (policy: AccessPolicy) => void): () => Promise<void> {
  const reload = async () => {
    try {
      use(await readAccessPolicyFile(path));
      log.info({ file: path }, 'access policy read again');
    } catch (error) {
      const problem = error instanceof CommandFailure ? error.message : 'unknown';
      log.error({ file: path, problem }, 'access policy not renewed; the last good one stays');
    }
  };
  return watchFiles([path], () => void reload());
}

function told(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map((finding) => `${place(finding)} ${finding.code} ${finding.message}; fix: ${finding.fix}`)
    .join('\n');
}
