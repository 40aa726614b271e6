import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { getEnvoy } from '../../../src/cli/envoy-binary';

const run = promisify(execFile);
const ROOT = join(__dirname, '../../..');

/** The commands of a page, block by block, below this heading. */
export function commandsOf(page: string, heading: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  const [, section = ''] = text.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = '']) => commands);
}

/**
 * Runs commands as they are written, one after the other, until one fails: in a folder and a network of their own, so that every port is free, with
 * these programs besides `countersign` and `envoy` on the path. What they leave running ends with them.
 *
 * @returns what they printed. @throws Error with that, if one fails
 */
export async function runDocumented(
  commands: readonly string[],
  programs: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-documented-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const all = { ...programs, envoy: await getEnvoy(), countersign: join(ROOT, 'bin/countersign.cjs') };
  for (const [name, target] of Object.entries(all)) symlinkSync(target, join(bin, name));
  const script = join(folder, 'script');
  writeFileSync(script, ['set -euo pipefail', 'ip link set lo up', ...commands].join('\n'));
  try {
    // The first process of a PID namespace takes all others with it when it ends.
    const { stdout, stderr } = await run('unshare', ['-rn', '--fork', '--pid', '--mount-proc', 'bash', script], {
      cwd: folder,
      env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
      maxBuffer: 16 << 20,
      timeout: 180_000,
    });
    return `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
