import type { Named } from './named.js';
import type { PipOption } from './requirements-line.js';

/** A part of a line: unchanged text, or the path of a file or folder, which is different in the bundle. */
export type Part = string | { readonly named: Named; readonly form: 'path' | 'url' | 'beside' };

/** An option of a whole file, such as `--index-url`. */
export interface ReadOption extends PipOption {
  /** The value, if it names a file or folder on this machine. */
  readonly parts?: readonly Part[];
  /** The requirements file or constraints file on this machine that the option names. */
  readonly include?: string;
}
