import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

import {
  BUILD_VARIABLES,
  BUNDLE_OWN_FOLDER,
  BUNDLE_PATHS,
  JSON_VALUES_MAX,
  RESULT_FILE,
  RESULT_MAX_BYTES,
  SOURCE_EXCERPT_MAX,
  TARGET_ERROR_LINE,
  UV_LOCK_FILE,
} from '../../../lib/contract/index.js';
import { RUNNER_SOURCE } from './run-python.js';

describe('contract.py', () => {
  it('`contract.py` has the values of lib/contract', async () => {
    const source = await readFile(path.join(RUNNER_SOURCE, 'codeseeder_runner/contract.py'), 'utf8');
    const declared = [...source.matchAll(/^([A-Z0-9_]+) = (.+)$/gm)].map(([, name = '', value = '']) => [
      name,
      JSON.parse(value) as unknown,
    ]);

    expect(Object.fromEntries(declared)).toEqual({
      INVOCATION_FILE_VARIABLE: BUILD_VARIABLES.invocationFile,
      OUTPUT_DIR_VARIABLE: BUILD_VARIABLES.outputDir,
      BUNDLE_URL_VARIABLE: BUILD_VARIABLES.bundleUrl,
      EXPORTED_NAMES_VARIABLE: BUILD_VARIABLES.exportedNames,
      EXPORTS_FILE_VARIABLE: BUILD_VARIABLES.exportsFile,
      INVOCATION_SHA256_VARIABLE: BUILD_VARIABLES.invocationSha256,
      SECRET_NAMES_VARIABLE: BUILD_VARIABLES.secretNames,
      TARGET_ERROR_LINE,
      RESULT_FILE,
      RESULT_MAX_BYTES,
      JSON_VALUES_MAX,
      EXCERPT_LINES_MAX: SOURCE_EXCERPT_MAX.lines,
      EXCERPT_LINE_MAX_CHARACTERS: SOURCE_EXCERPT_MAX.lineCharacters,
      OWN_FOLDER: BUNDLE_OWN_FOLDER,
      MODULES_FOLDER: BUNDLE_PATHS.pythonModules,
      PROJECTS_FOLDER: BUNDLE_PATHS.pythonProjects,
      STEPS_FOLDER: BUNDLE_PATHS.pythonSteps,
      COMMON_OPTIONS_FILE: BUNDLE_PATHS.pythonCommonOptions,
      UV_LOCK_FILE,
      RUNNER_FOLDER: BUNDLE_PATHS.pythonRunner,
    });
  });
});
