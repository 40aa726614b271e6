import { type Command, Option } from 'commander';
import { consulDemands } from '../expansion/consul-demands';
import type { Document } from '../model/document';
import type { Policy } from '../resolution/policy';
import { ConsulSource } from '../sources/consul/consul-source';
import type { SourceState } from '../sources/source';
import { ObjectDocument } from '../sources/yaml/object-document';
import type { Environment } from './environment';

export interface ConsulFlags {
  readonly consul?: string;
  readonly askConsul?: boolean;
}

/** The implicit resolver of Ambassador that asks Consul. */
const IMPLICIT = 'consul';

/** Adds the flag that says where the Consul of the implicit resolver is. */
export function addConsulOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--consul <url>',
      `the ConsulResolver "${IMPLICIT}" asks the agent there, such as http://127.0.0.1:8500`,
    ),
  );
}

/** Adds the flag of commands that look at definitions and go: Consul is part of them only where that is asked for. */
export function addAskConsulOption(command: Command): Command {
  return command.addOption(
    new Option('--ask-consul', 'ask Consul for what the definitions need of it, once; implied by --consul'),
  );
}

export function asksConsul({ consul, askConsul }: ConsulFlags): Pick<Policy, 'asksConsul'> {
  return { asksConsul: askConsul === true || consul !== undefined };
}

/** The definition that `--consul` stands for. */
export function consulDocuments({ consul }: ConsulFlags, { installNamespace }: Policy): readonly Document[] {
  if (consul === undefined) return [];
  return [
    new ObjectDocument(
      {
        apiVersion: 'getambassador.io/v3alpha1',
        kind: 'ConsulResolver',
        metadata: { name: IMPLICIT, namespace: installNamespace },
        spec: { ambassador_id: ['_automatic_'], address: consul },
      },
      '--consul',
    ),
  ];
}

export function consulSource({ variables }: Environment): ConsulSource {
  return new ConsulSource({ demands: consulDemands, variables });
}

/** What Consul says to these definitions, once. */
export async function readConsul(
  documents: readonly Document[],
  environment: Environment,
): Promise<Pick<SourceState, 'documents' | 'diagnostics'>> {
  const source = consulSource(environment);
  try {
    return await new Promise<SourceState>((resolve) => {
      void source.start((state) => {
        if (state.synced) resolve(state);
      });
      source.follow(documents);
    });
  } finally {
    await source.stop();
  }
}
