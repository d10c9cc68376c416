import { isDeepStrictEqual } from 'node:util';

import type { Ended } from '../end-to-end/command-line-process.js';
import type { CaseProject } from './case-project.js';

/**
 * Compares the value of a function on this machine with its value in a build. Returns undefined if they are equal,
 * otherwise the difference in one line.
 */
export async function differenceOf(project: CaseProject): Promise<string | undefined> {
  const home = valueOf(await project.callAtHome());
  if ('failed' in home) return `fails at home: ${home.failed}`;
  const build = valueOf(await project.runInBuild());
  if ('failed' in build) return `fails in the build: ${build.failed}`;
  if (isDeepStrictEqual(home.value, build.value)) return undefined;
  return `gives ${shortened(build.value)} in the build, ${shortened(home.value)} at home`;
}

function valueOf({
  exitCode,
  stdout,
  stderr,
}: Ended): { readonly value: unknown } | { readonly failed: string } {
  const printed = parsedObject(stdout);
  if (exitCode === 0 && printed !== undefined && 'value' in printed) return { value: printed['value'] };
  const failure = parsedFailure(printed?.['failure']);
  return { failed: oneLine(failure ?? stderr) || `ended with ${exitCode} and printed ${oneLine(stdout)}` };
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function parsedFailure(failure: unknown): string | undefined {
  if (typeof failure !== 'object' || failure === null) return undefined;
  const { code, message } = failure as { code?: unknown; message?: unknown };
  return `${String(code)}: ${String(message)}`;
}

const shortened = (value: unknown) => oneLine(JSON.stringify(value));

function oneLine(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}
