import { expect } from '@jest/globals';
import { XMLValidator } from 'fast-xml-parser';

import type { FuzzedPlace } from './fuzzed-place.js';
import type { WireAnswer } from './signed-request.js';

const STACK_LINE = /\n\s+at .*[:(]\d+:\d+\)?/;

/** Success, or an error of a client's, in the JSON that services answer: with a code, and words that tell what is wrong. */
export function expectJsonAnswer(answer: WireAnswer, request: string): void {
  const { status, body } = answer;
  if (status >= 500) throw new Error(`${request}: ${status} ${body}`);
  if (status < 300 && body === '') return;
  const content = JSON.parse(body) as { __type?: string; message?: string };
  if (status < 300) return;
  const code = content.__type ?? answer.headers['x-amzn-errortype'];
  expect(code).toMatch(/^[A-Za-z][A-Za-z.]+$/);
  expect(typeof content.message).toBe('string');
  expect(content.message).not.toBe('');
  expectNoInsides(content.message ?? '');
}

/** The same in XML. 501 is S3's own answer for what it does not have. */
export function expectXmlAnswer(answer: WireAnswer, request: string): void {
  const { status, body } = answer;
  if (status >= 500 && status !== 501) throw new Error(`${request}: ${status} ${body}`);
  if (status < 300 || body === '') return;
  expect(XMLValidator.validate(body)).toBe(true);
  expect(body).toMatch(/<Code>[A-Za-z0-9]+<\/Code><Message>[^<]/);
  expectNoInsides(body);
}

/** No stack, and nothing of this machine. */
function expectNoInsides(text: string): void {
  expect(text).not.toMatch(STACK_LINE);
  expect(text).not.toContain(import.meta.dirname);
  expect(text.length).toBeLessThan(50_000);
}

/** The place reports to its operator what it did not expect: it expected all of it. */
export function expectNoFault({ problems }: FuzzedPlace): void {
  const own = problems.splice(0).filter((problem) => / failed at /.test(problem));
  if (own.length > 0) throw new Error(own.join('\n'));
}
