import { Argument, type Command, InvalidArgumentError } from 'commander';
import { combinedSchema } from '../../model/json-schema/combined-schema';
import { definitionSchema } from '../../model/json-schema/definition-schema';
import { KINDS, type Kind } from '../../model/kinds';
import type { Environment } from '../environment';
import { EXIT, type ExitCode } from '../exit-code';

/** `countersign schema [KIND]`: the JSON Schema of definitions, for editors and CI. */
export function schemaCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  program
    .command('schema')
    .description('print the JSON Schema of definitions, for editors')
    .addArgument(
      new Argument('[kind]', `only this kind, for files that hold nothing else: ${KINDS.join(', ')}`).argParser(kindOf),
    )
    .addHelpText(
      'after',
      `
JSON Schema draft-07, as yaml-language-server reads it. Without a kind, the schema is for files with definitions of any kind. It describes
getambassador.io/v3alpha1; of a v2 document it checks the kind only. \`countersign validate\` checks everything, references and
certificates too.

Examples:
  countersign schema > countersign.schema.json      then begin a file with
                                                    # yaml-language-server: $schema=countersign.schema.json
  countersign schema Mapping > mapping.schema.json`,
    )
    .action((kind?: Kind) => {
      const schema = kind === undefined ? combinedSchema() : definitionSchema(kind);
      environment.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
      exit(EXIT.clean);
    });
}

/** A kind in any case, as kubectl takes it. */
function kindOf(text: string): Kind {
  const kind = KINDS.find((known) => known.toLowerCase() === text.toLowerCase());
  if (kind === undefined) throw new InvalidArgumentError(`Allowed choices are ${KINDS.join(', ')}.`);
  return kind;
}
