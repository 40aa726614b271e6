import { relative } from 'node:path';
import { Recorder } from './recorder';

Recorder.get()?.begin(relative(process.cwd(), expect.getState().testPath ?? ''));
