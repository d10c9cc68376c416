/** A path or specifier whose parts may be unknown until the code runs. */
export interface PathPattern {
  /** `path`: an absolute path with `/`. `specifier`: the name of a package, or of a file in one. */
  readonly kind: 'path' | 'specifier';
  /** Known text in order, and `null` for text that is known only at run time. */
  readonly parts: readonly (string | null)[];
}

/** A module that this one loads by a literal specifier. */
export interface ModuleImport {
  readonly specifier: string;
  /** `resolve`: `require.resolve` and `import.meta.resolve`, which load nothing. */
  readonly kind: 'static' | 'dynamic' | 'require' | 'resolve';
  /** Starts at 1. */
  readonly line: number;
  /** Starts at 1. */
  readonly column: number;
  /** Whether evaluating the module always evaluates the import: it is not in a function, a branch or a `try`. */
  readonly isSure: boolean;
}

/**
 * How a path is used. `file`: read, or passed to unknown code. `folder`: listed. `import`, `require`,
 * `worker`, `fork`: loaded as a module. `resolve`: `import.meta.resolve` and `require.resolve`.
 */
export type ReferenceUse = 'file' | 'folder' | 'import' | 'require' | 'worker' | 'fork' | 'resolve';

/** An expression that names a file, a folder or a module, other than an import of a literal specifier. */
export interface ModuleReference {
  readonly use: ReferenceUse;
  /**
   * The path or module that is named; undefined if nothing is known about it. An expression with several possible
   * values has several references.
   */
  readonly pattern: PathPattern | undefined;
  /** Offsets of the expression in the analyzed text. `end` is exclusive. */
  readonly argument: { readonly start: number; readonly end: number };
  /**
   * Whether the module's own path (`__dirname`, `import.meta.url`) is passed unchanged to unknown code, which may read
   * any file below it.
   */
  readonly isBare: boolean;
  /** Whether the file may be missing: the expression is in a `try`, or only checks whether the file exists. */
  readonly isOptional: boolean;
  /** Starts at 1. */
  readonly line: number;
  /** Starts at 1. */
  readonly column: number;
  /** The call or expression as written, shortened. */
  readonly text: string;
}

/** The format of one module, its uses of its own path, and the modules and files that it needs. */
export interface ModuleFindings {
  readonly format: 'esm' | 'commonjs';
  /** Whether the module is CommonJS code that behaves differently in a bundle. */
  readonly needsNode: boolean;
  /** Offsets of each `import.meta` in the text. `end` is exclusive. */
  readonly metas: readonly { readonly start: number; readonly end: number }[];
  /** Offset after a hashbang line and directives such as `'use strict'`, where a statement can be inserted. */
  readonly bodyStart: number;
  /** Whether the module uses the global `__filename`. */
  readonly usesFilename: boolean;
  /** Whether the module uses the global `__dirname`. */
  readonly usesDirname: boolean;
  /** Whether the module uses the global `require`. */
  readonly usesRequire: boolean;
  readonly imports: readonly ModuleImport[];
  readonly references: readonly ModuleReference[];
}
