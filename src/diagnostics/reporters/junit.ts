import type { Diagnostic } from '../diagnostic';
import { printable } from './printable';
import { type Report, inFull, place } from './report';

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
  const name = attribute([code, message, place(finding)].filter((part) => part !== '').join(' '));
  const where = place(finding) === '' ? '' : `${place(finding)} `;
  const text = escape(`${where}${severity} ${code} ${inFull(finding)}\nfix: ${fix}`);
  const body =
    severity === 'error'
      ? `<failure message="${attribute(inFull(finding))}">${text}</failure>`
      : `<system-out>${text}</system-out>`;
  return `    <testcase classname="countersign.${code}" name="${name}">${body}</testcase>`;
}

/** What XML 1.0 forbids (§2.2) becomes U+FFFD. */
function escape(text: string): string {
  return printable(text)
    .replace(/[\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** A parser would turn the line breaks of an attribute into spaces anyway (XML 1.0 §3.3.3). */
function attribute(text: string): string {
  return escape(text).replace(/[\t\n]/g, ' ');
}
