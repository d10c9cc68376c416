import { analyzeModule } from '../../../../../client/bundle/modules/analysis/analyze-module.js';
import type {
  ModuleFindings,
  ModuleReference,
} from '../../../../../client/bundle/modules/analysis/module-findings.js';

/** Analyzes code as if it was the module `/project/src/main.ts` of the project `/project`. */
export function findingsOf(text: string, file = '/project/src/main.ts'): ModuleFindings {
  return analyzeModule({ text, file, root: '/project' });
}

/**
 * Returns the references to files in such a module, each as `use pattern`. `*` stands for a part that is not known.
 */
export function referencesIn(text: string, file?: string): string[] {
  return findingsOf(text, file).references.map(shown);
}

function shown({ use, pattern, isBare, isOptional }: ModuleReference): string {
  const named = pattern ? pattern.parts.map((part) => part ?? '*').join('') : '?';
  const marks = `${isBare ? ' (bare)' : ''}${isOptional ? ' (optional)' : ''}`;
  return `${use} ${pattern?.kind === 'specifier' ? 'package ' : ''}${named}${marks}`;
}
