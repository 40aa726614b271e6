import { readFile } from 'node:fs/promises';
import { type AccessPolicy, type ReadAccessPolicy, readAccessPolicy } from '../authorization';
import { type Diagnostic, diagnostic } from '../diagnostics/diagnostic';
import { place } from '../diagnostics/reporters/report';
import { readDocuments } from '../sources/yaml/read-documents';
import { CommandFailure } from './exit-code';
import type { Logger } from './log';
import { watchFiles } from './watched-files';

/** Reads an access policy. @throws CommandFailure saying what is wrong with it, and where. */
export async function readAccessPolicyFile(path: string): Promise<AccessPolicy> {
  const { policy, diagnostics } = await judgeAccessPolicyFile(path);
  if (policy === undefined) throw new CommandFailure(inWords(diagnostics));
  return policy;
}

function inWords(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map((finding) => `${place(finding)} ${finding.code} ${finding.message}; fix: ${finding.fix}`)
    .join('\n');
}

/** Reads an access policy, or says what is wrong with it. @throws CommandFailure where there is no such file. */
export async function judgeAccessPolicyFile(path: string): Promise<ReadAccessPolicy> {
  const bytes = await readFile(path).catch(() => {
    throw new CommandFailure(`cannot read ${path}`);
  });
  const { documents, diagnostics } = readDocuments(path, bytes);
  if (diagnostics.length > 0) return { diagnostics };
  const [document] = documents;
  if (document !== undefined && documents.length === 1) return readAccessPolicy(document);
  const message = `the file holds ${documents.length} documents, not one access policy`;
  return { diagnostics: [diagnostic('CS6001', { message, location: { file: path, line: 1, column: 1 } })] };
}

const LAST_GOOD_STAYS = 'the last good access policy stays in force';

export interface PolicyReaders {
  /** Is given each policy that is good. */
  readonly use: (policy: AccessPolicy) => void;
  /** Is given what is wrong with the newest file, if only that nothing is. */
  readonly findings: (findings: readonly Diagnostic[]) => void;
}

/** Reads the policy again whenever its file changes; one that is wrong is told of and not used. Returns what ends it. */
export function watchAccessPolicy(path: string, log: Logger, { use, findings }: PolicyReaders): () => Promise<void> {
  const reload = async () => {
    try {
      const { policy, diagnostics } = await judgeAccessPolicyFile(path);
      findings(diagnostics.map((finding) => ({ ...finding, consequence: LAST_GOOD_STAYS })));
      if (policy === undefined) throw new CommandFailure(inWords(diagnostics));
      use(policy);
      log.info({ file: path }, 'access policy read again');
    } catch (error) {
      const problem = error instanceof CommandFailure ? error.message : 'unknown';
      log.error({ file: path, problem }, 'access policy not renewed; the last good one stays');
    }
  };
  return watchFiles([path], () => void reload());
}
