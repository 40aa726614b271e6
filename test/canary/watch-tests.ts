import type * as diagnostics from '../../src/diagnostics/diagnostic';
import { Recorder } from './recorder';
import { watchThisProcess } from './watch';

watchThisProcess();

// Every finding is an output, even where a test only looks at it: sooner or later a reporter or the log writes it.
jest.mock('../../src/diagnostics/diagnostic', () => {
  const actual = jest.requireActual<typeof diagnostics>('../../src/diagnostics/diagnostic');
  const recorder = Recorder.get();
  if (recorder === undefined) return actual;
  const record = recorder.output('findings');
  const diagnostic: typeof actual.diagnostic = (code, details) => {
    const made = actual.diagnostic(code, details);
    record(`${JSON.stringify(made)}\n`);
    return made;
  };
  return { ...actual, diagnostic };
});
