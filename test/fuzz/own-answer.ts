import { expect } from '@jest/globals';
import { XMLValidator } from 'fast-xml-parser';

import type { FuzzedPlace } from './fuzzed-place.js';
import type { WireAnswer } from './signed-request.js';

const STACK_LINE = /\n\s+at .*[:(]\d+:\d+\)?/;

/** Expects success, or a client error as JSON with a code and a message. */
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
  expectNoInternals(content.message ?? '');
}

/** Expects success, or a client error as XML. S3 returns status 501 for unsupported features. */
export function expectXmlAnswer(answer: WireAnswer, request: string): void {
  const { status, body } = answer;
  if (status >= 500 && status !== 501) throw new Error(`${request}: ${status} ${body}`);
  if (status < 300 || body === '') return;
  expect(XMLValidator.validate(body)).toBe(true);
  expect(body).toMatch(/<Code>[A-Za-z0-9]+<\/Code><Message>[^<]/);
  expectNoInternals(body);
}

/** Expects that a message contains no stack trace and no path of this machine. */
function expectNoInternals(text: string): void {
  expect(text).not.toMatch(STACK_LINE);
  expect(text).not.toContain(import.meta.dirname);
  expect(text.length).toBeLessThan(50_000);
}

/** Expects that the local AWS reported no internal error. */
export function expectNoFault({ problems }: FuzzedPlace): void {
  const own = problems.splice(0).filter((problem) => / failed at /.test(problem));
  if (own.length > 0) throw new Error(own.join('\n'));
}
