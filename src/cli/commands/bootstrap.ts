import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type BootstrapRole,
  type XdsAddress,
  bootstrapDocument,
  bootstrapYaml,
  parseXdsAddress,
  xdsTlsFiles,
} from '../bootstrap-document';
import { tellNotices } from '../ambassador-variables';
import { type Environment, variable } from '../environment';
import { EXIT, type ExitCode } from '../exit-code';

interface Flags {
  readonly role: BootstrapRole;
  readonly nodeId?: string;
  readonly ambassadorId?: string;
  readonly xds?: XdsAddress;
  readonly xdsTlsDir?: string;
  readonly adminPort?: number;
  readonly out?: string;
}

/** `countersign bootstrap`: an Envoy bootstrap that subscribes to this control plane by Delta ADS. */
export function bootstrapCommand(program: Command, environment: Environment, exit: (code: ExitCode) => void): void {
  program
    .command('bootstrap')
    .description('print an Envoy bootstrap that connects to the control plane')
    .addOption(new Option('--role <role>', 'where the Envoy stands').choices(['edge', 'sidecar']).makeOptionMandatory())
    .option('--node-id <id>', 'name of this one Envoy (default: the role)')
    .option(
      '--ambassador-id <id>',
      'which definitions it is served (AMBASSADOR_ID; else `default` for an edge, `sidecar` for a sidecar)',
    )
    .addOption(
      new Option('--xds <host:port>', 'where the control plane listens; unix:PATH too')
        .argParser(xdsAddress)
        .default({ host: '127.0.0.1', port: 18000 }, '127.0.0.1:18000'),
    )
    .option(
      '--xds-tls-dir <dir>',
      'connect by mutual TLS with tls.crt, tls.key and ca.crt of this folder, on Envoy’s machine',
    )
    .addOption(new Option('--admin-port <port>', 'Envoy’s admin interface, on loopback').argParser(port))
    .option(
      '--out <dir>',
      'write bootstrap.yaml there, with the SDS files that --xds-tls-dir needs, instead of printing',
    )
    .addHelpText(
      'after',
      `
With --xds-tls-dir, Envoy reads its certificate through two small SDS files, so that it picks up a renewed certificate without a
restart. --out writes them beside the bootstrap; run Envoy with that folder in place.

Examples:
  countersign bootstrap --role edge > edge.yaml && envoy -c edge.yaml
  countersign bootstrap --role sidecar --node-id pay-1 --ambassador-id pay --xds countersign.internal:18000 \\
    --xds-tls-dir /etc/envoy/xds --out /etc/envoy/xds`,
    )
    .action((flags: Flags) => {
      tellNotices(environment);
      const ambassadorId = flags.ambassadorId ?? variable('AMBASSADOR_ID', environment);
      const sdsDir = flags.out ?? flags.xdsTlsDir;
      const document = bootstrapDocument({
        role: flags.role,
        ...(flags.nodeId !== undefined && { nodeId: flags.nodeId }),
        ...(ambassadorId !== undefined && { ambassadorId }),
        ...(flags.xds !== undefined && { xds: flags.xds }),
        ...(flags.xdsTlsDir !== undefined && { xdsTlsDir: flags.xdsTlsDir }),
        ...(sdsDir !== undefined && { sdsDir }),
        ...(flags.adminPort !== undefined && { adminPort: flags.adminPort }),
      });
      const sdsFiles = flags.xdsTlsDir === undefined ? [] : xdsTlsFiles(flags.xdsTlsDir, sdsDir);
      if (flags.out === undefined) {
        environment.stdout.write(bootstrapYaml(document));
        for (const { path } of sdsFiles)
          environment.stderr.write(`countersign: Envoy needs ${path} too; --out writes it\n`);
      } else {
        mkdirSync(flags.out, { recursive: true });
        writeFileSync(join(flags.out, 'bootstrap.yaml'), bootstrapYaml(document));
        for (const file of sdsFiles) writeFileSync(file.path, `${JSON.stringify(file.document, null, 2)}\n`);
      }
      exit(EXIT.clean);
    });
}

function xdsAddress(text: string): XdsAddress {
  const address = parseXdsAddress(text);
  if (address === undefined) throw new InvalidArgumentError('write HOST:PORT, [IPv6]:PORT or unix:PATH');
  return address;
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return number;
}
