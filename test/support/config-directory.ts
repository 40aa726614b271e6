import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** A folder of definitions, as a user has it: the input of a control plane. */
export class ConfigDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(files: Readonly<Record<string, readonly object[]>> = {}): Promise<ConfigDirectory> {
    const directory = new ConfigDirectory(await mkdtemp(join(tmpdir(), 'countersign-e2e-')));
    for (const [name, documents] of Object.entries(files)) await directory.write(name, documents);
    return directory;
  }

  /** Replaces a file in one step, as editors and deployment tools do. */
  async write(name: string, documents: readonly object[]): Promise<void> {
    await this.writeText(name, documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n'));
  }

  async writeText(name: string, text: string): Promise<void> {
    const path = join(this.path, name);
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name));
  }

  async stop(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
