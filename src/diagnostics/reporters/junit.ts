import type { Diagnostic } from '../diagnostic';
import { type Report, place } from './report';

/** JUnit’s XML: one test case a finding, or a single passing one where there is none. An error fails, a warning is told. */
export function reportJunit({ diagnostics }: Report): string {
  const failures = diagnostics.filter(({ severity }) => severity === 'error').length;
  const cases =
    diagnostics.length === 0 ? ['    <testcase classname="countersign" name="validate"/>'] : diagnostics.map(testCase);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="countersign validate" tests="${cases.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(finding: Diagnostic): string {
  const { code, severity, message, fix } = finding;
  const name = escape([code, message, place(finding)].filter((part) => part !== '').join(' '));
  const text = escape(`${place(finding)} ${severity} ${code} ${message}\nfix: ${fix}`);
  const body =
    severity === 'error'
      ? `<failure message="${escape(message)}">${text}</failure>`
      : `<system-out>${text}</system-out>`;
  return `    <testcase classname="countersign.${code}" name="${name}">${body}</testcase>`;
}

function escape(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
