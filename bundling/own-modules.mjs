import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { withoutUnusedZod } from './unused-zod-left-out.mjs';

/** The URL of the output file, which {@link BANNER} declares. Outputs are one folder below `dist`. */
const OUTPUT_URL = 'codeseeder$outputUrl';

/** The `import.meta.url` of each source. */
export const MODULE_URL = 'codeseeder$moduleUrl';

/** First lines of each output. Bundled CommonJS packages call `require` for Node's own modules. */
export const BANNER = [
  "import{createRequire as codeseeder$createRequire}from'node:module';",
  `const ${OUTPUT_URL}=import.meta.url,require=codeseeder$createRequire(${OUTPUT_URL});`,
].join('');

const SDK_IMPORT = /\bimport\(\s*'(@aws-sdk\/[\w-]+)'\s*\)/g;
const SDK_MEMBERS = /\bconst \{([\w\s,]+)\} =\s*await import\(\s*'(@aws-sdk\/[\w-]+)'\s*\)/g;

/**
 * Makes esbuild bundle the project's own modules so that
 *
 * - `import.meta.url` of each module is the URL of its compiled file, beside which it finds programs and folders;
 * - unused parts of zod are left out;
 * - `const { A } = await import('@aws-sdk/...')` includes only the members that such imports name, not the whole
 *   package.
 *
 * @param {string} root the project's folder
 * @param {readonly string[]} folders folders of its sources
 * @returns {import('esbuild').Plugin}
 */
export function ownModules(root, folders) {
  /** Members of each package of the SDK that sources load on demand. */
  const members = new Map();
  return {
    name: 'own-modules',
    setup({ onLoad, onResolve, onStart }) {
      onStart(async () => {
        for (const file of await sourcesIn(root, folders))
          addMembers(members, file, await readFile(file, 'utf8'));
      });
      onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
        if (file.includes('/node_modules/')) return undefined;
        const source = withoutUnusedZod(await readFile(file, 'utf8'));
        return { contents: withModuleUrl(source, path.relative(root, file)), loader: 'ts' };
      });
      onResolve({ filter: /^@aws-sdk\// }, ({ path: name, kind, importer, resolveDir }) =>
        kind === 'dynamic-import' && !importer.includes('/node_modules/')
          ? { path: name, namespace: 'used-members', pluginData: resolveDir }
          : undefined,
      );
      onLoad({ filter: /^/, namespace: 'used-members' }, ({ path: name, pluginData: resolveDir }) => ({
        contents: `export { ${[...members.get(name)].sort().join(', ')} } from '${name}';`,
        resolveDir,
      }));
    },
  };
}

/** Declares the URL of the module's compiled file in `dist`, on the first line, so that lines keep their numbers. */
function withModuleUrl(source, file) {
  if (!source.includes('import.meta.url')) return source;
  const place = JSON.stringify(`../${file.replace(/\.ts$/, '.js')}`);
  return `const ${MODULE_URL}=new URL(${place},${OUTPUT_URL}).href;${source}`;
}

async function sourcesIn(root, folders) {
  const entries = await Promise.all(
    folders.map((folder) => readdir(path.join(root, folder), { recursive: true, withFileTypes: true })),
  );
  return entries
    .flat()
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/**
 * Adds the members of SDK packages that a file imports on demand. @throws Error for an import whose members are not
 * known
 */
function addMembers(members, file, source) {
  const rest = source.replaceAll(SDK_MEMBERS, (_whole, names, name) => {
    const known = members.get(name) ?? new Set();
    for (const member of names.split(',').map((one) => one.trim())) if (member !== '') known.add(member);
    members.set(name, known);
    return '';
  });
  const [other] = rest.match(SDK_IMPORT) ?? [];
  if (other === undefined) return;
  throw new Error(
    `${file}: write \`const { Member } = await ${other}\`, so that the bundle has its members only.`,
  );
}
