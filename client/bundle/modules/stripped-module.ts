/** A module as JavaScript. */
export interface StrippedModule {
  readonly text: string;
  /** Source map of `text` as JSON; empty if `text` is the source itself. */
  readonly map: string;
  /** The TypeScript source, if esbuild can compile it directly. */
  readonly source?: string;
}
