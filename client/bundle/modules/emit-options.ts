/**
 * Compiler options with which TypeScript only emits a module and its source map, regardless of the project's tsconfig.
 */
export const EMIT_OPTIONS = {
  noEmit: false,
  noEmitOnError: false,
  emitDeclarationOnly: false,
  declaration: false,
  declarationMap: false,
  composite: false,
  incremental: false,
  sourceMap: true,
  inlineSourceMap: false,
  inlineSources: false,
  removeComments: false,
  importHelpers: false,
  skipLibCheck: true,
  allowImportingTsExtensions: false,
  rewriteRelativeImportExtensions: false,
} as const;
