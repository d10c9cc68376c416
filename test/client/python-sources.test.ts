import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const client = path.resolve(import.meta.dirname, '../../client');

/**
 * Python program that parses each file of a folder with the grammar of Python 3.8, and prints imports that are
 * neither of the standard library nor local.
 */
const FOREIGN_IMPORTS = `
import ast, pathlib, sys
folder = pathlib.Path(sys.argv[1])
files = sorted(folder.rglob("*.py"))
own = {file.stem for file in files} | {file.parent.name for file in files}
for file in files:
    for node in ast.walk(ast.parse(file.read_text(), str(file), feature_version=(3, 8))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
        for name in names:
            if name.split(".")[0] not in own | set(sys.stdlib_module_names):
                print("%s imports %s" % (file.name, name))
print("%d files" % len(files))
`;

describe('Python sources', () => {
  it.each(['runner-python', 'runner-logins-python'])(
    'The Python sources of %s are valid in Python 3.8 and import only the standard library and each other',
    (folder) => {
      const { stdout, stderr } = spawnSync('python3', ['-c', FOREIGN_IMPORTS, path.join(client, folder)], {
        encoding: 'utf8',
      });

      expect(stderr).toBe('');
      expect(stdout).toMatch(/^\d+ files\n$/);
    },
  );
});
