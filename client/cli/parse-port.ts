import { UsageError } from './exit-code.js';

/**
 * Returns the parser of a flag that takes a port.
 * @throws UsageError from the parser, if the value is no port
 */
export function portParser(flag: string): (text: string) => number {
  return (text) => {
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new UsageError(`${flag} takes a number from 1 to 65535, not ${JSON.stringify(text)}.`);
    }
    return port;
  };
}
