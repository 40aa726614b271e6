import { decode } from '../../src/model/decode';
import { readDocuments } from '../../src/sources/yaml/read-documents';
import { HOSTILE } from './hostile-corpus';

// Twice each: the second parse of a nesting bomb is what once killed the process.
for (const [name, [, text]] of Object.entries(HOSTILE)) {
  for (const file of ['bomb.yaml', 'bomb.json']) {
    const { documents, diagnostics } = readDocuments(file, Buffer.from(text));
    for (const document of documents) decode(document);
    process.stdout.write(`${name}\t${diagnostics.map(({ code }) => code).join(',')}\n`);
  }
}
