/** An output that may hold a key, because that is what its test or its command is about. */
export interface Allowance {
  /** The one test file whose outputs these are; without it, any. */
  readonly test?: string;
  readonly output: RegExp;
  readonly why: string;
}

export const ALLOWANCES: readonly Allowance[] = [
  {
    output: /^stdout of .* render .*--with-keys/,
    why: 'The command is asked for the keys: it makes a bootstrap that works by itself.',
  },
  {
    test: 'test/e2e/refused-updates.test.ts',
    output: /^stderr of \S*envoy /,
    why: 'Envoy quotes in its own log what it refuses. That nothing of it comes into ours is what the test looks at.',
  },
  {
    test: 'test/kubernetes/replicas.cluster.ts',
    output: /^answer of an HTTP server to GET \/api\/v1\/secrets/,
    why: 'The test stands between the Kubernetes API and the control plane, to which it passes Secrets on.',
  },
];

export function allowanceFor(test: string, output: string): Allowance | undefined {
  return ALLOWANCES.find((allowed) => (allowed.test ?? test) === test && allowed.output.test(output));
}
