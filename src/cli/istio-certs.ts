import { type Command, Option } from 'commander';
import { keyPairOf, readKeyPair, readTrustBundle, trustBundleOf, withoutRoots } from '../certificates';
import type { Policy } from '../resolution/policy';
import { SecretData } from '../model/secret-data';
import type { Contents, Verdict } from '../sources/istio/certificate-files';
import { IstioCertsSource } from '../sources/istio/istio-certs-source';
import { type Environment, variable } from './environment';

export interface IstioCertsFlags {
  readonly istioCerts?: string;
}

export function addIstioCertsOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--istio-certs <dir>',
      'make the Secret istio-certs of the files that an istio-agent writes there (AMBASSADOR_ISTIO_SECRET_DIR)',
    ),
  );
}

/** Undefined unless a folder is named. */
export function istioCertsSource(
  { istioCerts }: IstioCertsFlags,
  { installNamespace: namespace }: Policy,
  environment: Environment,
): IstioCertsSource | undefined {
  const folder = istioCerts ?? variable('AMBASSADOR_ISTIO_SECRET_DIR', environment);
  if (folder === undefined) return undefined;
  return new IstioCertsSource({ folder, namespace, judge: (contents) => judge(contents, environment.now()) });
}

/** Whether they are of use together. Whether they are out of date is judged where every Secret is. */
export function judge(given: Contents, at: Date): Verdict {
  const chain = withoutRoots(given['cert-chain.pem'], 'cert-chain.pem');
  const contents: Contents = { ...given, 'cert-chain.pem': chain };
  const data = new SecretData(new Map(Object.entries(contents)));
  if (keyPairOf(data) === undefined) return { problem: firstError(readKeyPair(data, at)) ?? 'they hold no key pair' };
  const roots = new SecretData(new Map([['root-cert.pem', contents['root-cert.pem']]]));
  return trustBundleOf(roots, 'own') === undefined
    ? { problem: firstError(readTrustBundle(roots, at)) ?? 'root-cert.pem holds no CA' }
    : { contents };
}

function firstError({
  findings,
}: {
  readonly findings: readonly { readonly severity: string; readonly message: string }[];
}) {
  return findings.find(({ severity }) => severity === 'error')?.message;
}
