import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Returns a JSON value that the test files of a run share. The first caller makes it. Programs other than Jest make it
 * for each call.
 * @param key identifies the value
 */
export function sharedValue<Value>(key: string, make: () => Value): Value {
  const socket = process.env['CODESEEDER_TEST_SEEDKIT'];
  if (socket === undefined) return make();
  const folder = path.join(path.dirname(socket), 'shared-values');
  const file = path.join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Value;
  } catch {
    const value = make();
    const unfinished = `${file}.${randomUUID()}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(unfinished, JSON.stringify(value));
    renameSync(unfinished, file);
    return value;
  }
}
