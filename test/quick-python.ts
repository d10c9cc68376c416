import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = path.resolve('node_modules/.cache/codeseeder-test');

/**
 * Python program that prints the path of the interpreter, the folder for packages in a virtual environment, and a
 * name that identifies the version.
 */
const ABOUT =
  'import hashlib, sys, sysconfig; print(sys.executable, sysconfig.get_path("purelib", "venv", {"base": "."}), hashlib.sha256((sys.executable + sys.version).encode()).hexdigest()[:16], sep="\\n")';

/**
 * Returns a `python3` that creates virtual environments which share one installation of pip, because installing pip
 * into each one takes four seconds of processor time, and copying it one. `secrets.test.ts` and the code blocks of the
 * docs use the machine's `python3`. Builds of the local AWS that test files share use the `python3` in the variable
 * TEST_PYTHON.
 */
export async function quickPython(): Promise<string> {
  const { stdout } = await run('python3', ['-I', '-c', ABOUT]);
  const [python = '', packages = '', version = ''] = stdout.split('\n');
  const folder = path.join(CACHE, `python-3-${version}`);
  if (!(await exists(folder))) await makeQuickPython(folder, python, packages);
  return path.join(folder, 'bin/python3');
}

async function makeQuickPython(folder: string, python: string, packages: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(`${folder}.`);
  const executable = { mode: 0o755 };
  await run(python, ['-I', '-m', 'venv', path.join(unfinished, 'environment')]);
  await mkdir(path.join(unfinished, 'bin'));
  await writeFile(path.join(unfinished, 'bin/python3'), programOf(folder, python, packages), executable);
  await writeFile(path.join(unfinished, 'pip'), '#!/bin/sh\nexec "${0%/*}/python" -m pip "$@"\n', executable);
  await rename(unfinished, folder).catch(async (error: unknown) => {
    // Another test file may have created the folder in the meantime.
    await rm(unfinished, { recursive: true });
    if (!(await exists(folder))) throw error;
  });
}

function programOf(folder: string, python: string, packages: string): string {
  return `#!/bin/sh
if [ "$1 $2 $3" != '-I -m venv' ] || [ "$4" = --without-pip ]; then exec '${python}' "$@"; fi
'${python}' -I -m venv --without-pip "$4" &&
  echo '${folder}/environment/${packages}' >"$4/${packages}/shared-pip.pth" && cp '${folder}/pip' "$4/bin/pip"
`;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
