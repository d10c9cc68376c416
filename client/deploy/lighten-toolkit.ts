import { createRequire } from 'node:module';
import path from 'node:path';

/** Classes of the CDK's toolkit that it does not export. A class is undefined in a toolkit that does not have it. */
export interface ToolkitClasses {
  readonly DiffFormatter: { readonly prototype: DiffFormatter } | undefined;
  readonly CloudArtifact: { readMetadata: ReadMetadata } | undefined;
}

interface DiffFormatter {
  formatSecurityDiff(): object;
  formatStackDiff(): object;
}

type ReadMetadata = (assemblyFolder: string, manifest: object) => unknown;

/** Loads the classes of the installed toolkit. */
export function loadToolkitClasses(): ToolkitClasses {
  const main = createRequire(import.meta.url).resolve('@aws-cdk/toolkit-lib');
  const requireForToolkit = createRequire(main);
  const load = <Name extends keyof ToolkitClasses>(name: Name, module: string) => {
    try {
      return (requireForToolkit(module) as Pick<ToolkitClasses, Name>)[name];
    } catch {
      return undefined;
    }
  };
  return {
    DiffFormatter: load('DiffFormatter', path.join(path.dirname(main), 'api/diff/diff-formatter.js')),
    CloudArtifact: load('CloudArtifact', '@aws-cdk/cloud-assembly-api'),
  };
}

/**
 * Leaves out work of the toolkit in this process that takes half of the processor time of a deployment. The toolkit
 * compares the templates to ask whether to deploy, and the answer does not depend on the difference. It also reads the
 * metadata of an assembly twice for each event of a stack, and now reads it once.
 */
export function lightenToolkit({ DiffFormatter, CloudArtifact }: ToolkitClasses): void {
  if (DiffFormatter !== undefined) {
    const noDifference = { permissionChangeType: 'none', formattedDiff: '', numStacksWithChanges: 0 };
    DiffFormatter.prototype.formatSecurityDiff = () => noDifference;
    DiffFormatter.prototype.formatStackDiff = () => noDifference;
  }
  if (CloudArtifact !== undefined) {
    const read = CloudArtifact.readMetadata;
    const known = new WeakMap<object, unknown>();
    CloudArtifact.readMetadata = (assemblyFolder, manifest) => {
      if (!known.has(manifest)) known.set(manifest, read(assemblyFolder, manifest));
      return known.get(manifest);
    };
  }
}
