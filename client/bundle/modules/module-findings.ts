/** A path or specifier of which parts may be unknown until the code runs. */
export interface PathPattern {
  /** `path`: an absolute path with `/`. `specifier`: the name of a package, or of a file in one. */
  readonly kind: 'path' | 'specifier';
  /** Known text in order. `null` stands for text that is known only at run time. */
  readonly parts: readonly (string | null)[];
}

/** A module that this one names by a plain string. */
export interface ModuleImport {
  readonly specifier: string;
  /** `resolve`: `require.resolve` and `import.meta.resolve`, which load nothing. */
  readonly kind: 'static' | 'dynamic' | 'require' | 'resolve';
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1. */
  readonly column: number;
  /** Whether it is evaluated whenever the module is: not in a function, a branch or a `try`. */
  readonly isSure: boolean;
}

/**
 * How a path is used. `file`: read, or given to code that is not known. `folder`: listed. `import`, `require`,
 * `worker`, `fork`: loaded as a module. `resolve`: `import.meta.resolve` and `require.resolve`.
 */
export type ReferenceUse = 'file' | 'folder' | 'import' | 'require' | 'worker' | 'fork' | 'resolve';

/** A place in a module that names a file, a folder or a module in another way than a plain import. */
export interface ModuleReference {
  readonly use: ReferenceUse;
  /**
   * What is named. An expression that may have several values gives several references with one `argument`.
   * `undefined`: nothing is known about it.
   */
  readonly pattern: PathPattern | undefined;
  /** Offsets of the expression in the text that was analyzed. `end` is exclusive. */
  readonly argument: { readonly start: number; readonly end: number };
  /**
   * Whether the module's own place (`__dirname`, `import.meta.url`) is given as it is to code that is not known, which
   * may read anything below it.
   */
  readonly isBare: boolean;
  /** Whether the code can do without the file: inside a `try`, or where only its existence is asked. */
  readonly isOptional: boolean;
  /** Counts from 1. */
  readonly line: number;
  /** Counts from 1. */
  readonly column: number;
  /** The call or expression as written, shortened. */
  readonly text: string;
}

/** What one module says about itself and about what it needs. */
export interface ModuleFindings {
  readonly format: 'esm' | 'commonjs';
  /** Offsets of each `import.meta` in the text. `end` is exclusive. */
  readonly metas: readonly { readonly start: number; readonly end: number }[];
  /** Offset behind a hashbang line and directives such as `'use strict'`, where the first statement may be put. */
  readonly bodyStart: number;
  /** Whether `__filename` is used without being declared in the module. The next two likewise. */
  readonly usesFilename: boolean;
  readonly usesDirname: boolean;
  readonly usesRequire: boolean;
  readonly imports: readonly ModuleImport[];
  readonly references: readonly ModuleReference[];
}
