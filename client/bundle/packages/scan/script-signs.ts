import { isModuleLoader } from '../installed/builtin-modules.js';
import { lineAt } from './line-at.js';
import { loadOf, type Load } from './script-load.js';
import { TokenKind, tokenText, type ScriptTokens } from './script-tokens.js';
import { isFirstParameter, isKey, isMember, isMethod } from './token-context.js';
import { isSuspiciousWord, signOfWord } from './word-signs.js';

/** Why a script would behave differently in a bundle. */
export interface Sign {
  readonly reason: string;
  /** Starts at 1. */
  readonly line: number;
}

/** The findings in the tokens of a script. */
export interface ScriptFindings {
  /** The first sign. */
  sign?: Sign;
  /** Specifiers that the script loads, each with its offset in the text. */
  readonly specifiers: Map<string, number>;
  /** Beginnings of the computed names that the script loads; `''` if the beginning is unknown. */
  readonly prefixes: Set<string>;
}

const META_PROPERTIES = new Set(['url', 'dirname', 'filename', 'resolve', 'main']);
/** Matches `import()` in a string. It works if `Function` or an indirect `eval` runs the string; `require` does not. */
const IMPORT_IN_TEXT = /\bimport\s*\(\s*["'`\w$]/;
const HARMLESS_OF_NODE = /^(?:node:)?(?:util|fs|path|crypto|os)$/;

/** Reads the signs from a script's tokens. */
export function signsOf(tokens: ScriptTokens): ScriptFindings {
  const reader = new SignReader(tokens);
  reader.read();
  return reader;
}

class SignReader implements ScriptFindings {
  sign?: Sign;
  readonly specifiers = new Map<string, number>();
  readonly prefixes = new Set<string>();
  readonly #tokens: ScriptTokens;

  constructor(tokens: ScriptTokens) {
    this.#tokens = tokens;
  }

  read(): void {
    const { kinds } = this.#tokens;
    for (let index = 0; index < kinds.length; index += 1) {
      if (kinds[index] === TokenKind.Word) {
        if (isSuspiciousWord(this.#tokens, index)) this.#readWord(this.#text(index), index);
      } else if (kinds[index] !== TokenKind.Mark) this.#readText(index);
    }
  }

  #readWord(word: string, index: number): void {
    const isProperty = isMember(this.#tokens, index);
    switch (word) {
      case 'require':
        return isProperty ? this.#readRequireOfOther(index) : this.#readRequire(index);
      case 'import':
        return isProperty ? undefined : this.#readImport(index);
      case 'from':
        return this.#readFixed(index + 1, index);
      case 'createRequire':
        return this.#readCreateRequire(index);
      default: {
        const reason = signOfWord(this.#tokens, index, isProperty);
        if (reason !== undefined) this.#found(index, reason);
      }
    }
  }

  #readRequire(index: number): void {
    const next = this.#text(index + 1);
    if (this.#text(index - 1) === 'typeof' || isKey(this.#tokens, index)) return;
    if (next === '(') return this.#readLoad(index, index + 2, 'require');
    if (next === '.') return this.#readRequireProperty(index);
    // Skips assignments and calls of wrappers: their values are tokens that are checked separately.
    const isSet = next === '=' && this.#text(index + 2) !== '=';
    const isWrapper = next === ',' && ['exports', 'module'].includes(this.#text(index + 2));
    const isUnknown = !isSet && !isWrapper && !isFirstParameter(this.#tokens, index);
    if (isUnknown) this.prefixes.add('');
    this.#found(index, 'passes require to other code');
  }

  #readRequireProperty(index: number): void {
    const property = this.#text(index + 2);
    if (property === 'resolve' && this.#text(index + 3) === '(') {
      this.#addLoad(loadOf(this.#tokens, index + 4), index);
    }
    this.#found(index, `uses require.${property}`);
  }

  /** Reads `module.require('x')`, also on an object that may be `module` under another name. */
  #readRequireOfOther(index: number): void {
    if (this.#text(index + 1) !== '(') return;
    const load = loadOf(this.#tokens, index + 2);
    if (load.kind === 'fixed' && HARMLESS_OF_NODE.test(load.specifier)) return;
    this.#addLoad(load, index);
    this.#found(index, 'calls require of another object');
  }

  /**
   * Reads a call of `createRequire`. The result may load anything. If its name is `require`, its calls are found
   * separately.
   */
  #readCreateRequire(index: number): void {
    const start = this.#text(index - 1) === '.' ? index - 2 : index;
    const isNamedSo = this.#text(start - 1) === '=' && this.#text(start - 2) === 'require';
    const isImported = ['}', ','].includes(this.#text(index + 1));
    if (!isNamedSo && !isImported) this.prefixes.add('');
    this.#found(index, 'uses createRequire');
  }

  #readImport(index: number): void {
    const next = this.#text(index + 1);
    if (next === '(') return this.#readLoad(index, index + 2, 'import');
    if (next !== '.') return this.#readFixed(index + 1, index);
    const property = this.#text(index + 3) === '.' ? this.#text(index + 4) : undefined;
    if (property !== undefined && !META_PROPERTIES.has(property)) return;
    if (property === 'resolve' && this.#text(index + 5) === '(') {
      this.#addLoad(loadOf(this.#tokens, index + 6), index);
    }
    this.#found(index, `uses import.meta${property === undefined ? '' : `.${property}`}`);
  }

  #readLoad(index: number, argument: number, how: string): void {
    const load = loadOf(this.#tokens, argument);
    const isComputed = load.kind === 'computed';
    if (isComputed && isMethod(this.#tokens, argument - 1)) return;
    this.#addLoad(load, index);
    if (isComputed) this.#found(index, `has a computed ${how}`);
  }

  #readFixed(argument: number, index: number): void {
    if (this.#tokens.kinds[argument] !== TokenKind.Text) return;
    this.#addLoad({ kind: 'fixed', specifier: this.#text(argument).slice(1, -1) }, index);
  }

  #readText(index: number): void {
    const text = this.#text(index);
    if (text.endsWith('.node', text.length - 1)) this.#found(index, `names the native addon ${text}`);
    if (!IMPORT_IN_TEXT.test(text)) return;
    this.prefixes.add('');
    this.#found(index, 'has a string with import() in it');
  }

  #addLoad(load: Load, index: number): void {
    if (load.kind === 'computed') {
      this.prefixes.add(load.prefix);
      return;
    }
    if (!this.specifiers.has(load.specifier)) {
      this.specifiers.set(load.specifier, this.#tokens.starts[index] ?? 0);
    }
    if (isModuleLoader(load.specifier)) this.#found(index, `uses Node's module loader`);
  }

  #found(index: number, reason: string): void {
    this.sign ??= { reason, line: lineAt(this.#tokens.text, this.#tokens.starts[index] ?? 0) };
  }

  #text(index: number): string {
    return tokenText(this.#tokens, index);
  }
}
