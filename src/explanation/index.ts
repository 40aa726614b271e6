export { type Culprit, culpritOf } from './culprit';
export { type Failure, failureOf, type Side } from './failure';
export { type LogLine, readLogLine } from './log-line';
