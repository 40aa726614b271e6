import { execFileSync } from 'node:child_process';
import { ROOT } from './manifest';

/** The path of `helm`; where there is none, the output says loudly that the chart is not tested. */
export function helmOrSkip(): string | undefined {
  const script = "import('./scripts/helm.mjs').then(({ findHelm }) => process.stdout.write(findHelm() ?? ''))";
  const helm = execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
  if (helm === '')
    process.stderr.write('\n!!! THE CHART WAS NOT TESTED: there is no helm (node scripts/helm.mjs builds it)\n\n');
  return helm === '' ? undefined : helm;
}
