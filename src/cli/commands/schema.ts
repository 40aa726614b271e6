import { Argument, type Command, InvalidArgumentError } from 'commander';
import { crdYaml } from '../../model/crd/crd-yaml';
import { CUSTOM_KINDS } from '../../model/crd/custom-kinds';
import { combinedSchema } from '../../model/json-schema/combined-schema';
import { definitionSchema } from '../../model/json-schema/definition-schema';
import { KINDS, type Kind } from '../../model/kinds';
import type { Environment } from '../environment';
import { CommandFailure, EXIT, type ExitCode } from '../exit-code';

/** `countersign schema [KIND]`: the JSON Schema of definitions, for editors and CI. */
export function schemaCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  program
    .command('schema')
    .description('print the JSON Schema of definitions, for editors, or their CRDs, for Kubernetes')
    .addArgument(
      new Argument('[kind]', `only this kind, for files that hold nothing else: ${KINDS.join(', ')}`).argParser(kindOf),
    )
    .option('--crds', 'print the CustomResourceDefinitions instead, to be applied with kubectl')
    .addHelpText(
      'after',
      `
JSON Schema draft-07, as yaml-language-server reads it. Without a kind, the schema is for files with definitions of any kind. It describes
getambassador.io/v3alpha1; of a v2 document it checks the kind only. \`countersign validate\` checks everything, references and
certificates too.

Examples:
  countersign schema > countersign.schema.json      then begin a file with
                                                    # yaml-language-server: $schema=countersign.schema.json
  countersign schema Mapping > mapping.schema.json
  countersign schema --crds | kubectl apply -f -`,
    )
    .action((kind: Kind | undefined, { crds }: { readonly crds?: boolean }) => {
      if (crds === true) {
        environment.stdout.write(crdsOf(kind));
        exit(EXIT.clean);
        return;
      }
      const schema = kind === undefined ? combinedSchema() : definitionSchema(kind);
      environment.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
      exit(EXIT.clean);
    });
}

function crdsOf(kind: Kind | undefined): string {
  const wanted = Object.entries(CUSTOM_KINDS).filter(([name]) => kind === undefined || name === kind);
  if (wanted.length === 0)
    throw new CommandFailure(`${kind ?? ''} is no custom resource: the API server knows it already`);
  return wanted.map(([name, model]) => crdYaml(name, model)).join('---\n');
}

/** A kind in any case, as kubectl takes it. */
function kindOf(text: string): Kind {
  const kind = KINDS.find((known) => known.toLowerCase() === text.toLowerCase());
  if (kind === undefined) throw new InvalidArgumentError(`Allowed choices are ${KINDS.join(', ')}.`);
  return kind;
}
