import { relative } from 'node:path';
import { Recorder } from './recorder';

// From here on, what is recorded is of this test file.
const recorder = Recorder.get();
if (recorder !== undefined) recorder.test = relative(process.cwd(), expect.getState().testPath ?? '');
