import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Scopes of the packages that Lambda's Node.js runtimes include. */
const SCOPES = ['@aws-sdk', '@smithy'];

/**
 * Links the AWS SDK into the folder of functions' code, so that functions that do not contain it find it, as in
 * Lambda's Node.js runtimes. These are the clients that codeseeder depends on, not all of the SDK.
 * @param folder folder with the functions' code. It has no `node_modules`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export async function linkSdk(folder: string): Promise<void> {
  const packages = join(folder, 'node_modules');
  await mkdir(packages);
  for (const scope of SCOPES) {
    const installed = folderOf(scope);
    if (installed !== undefined) await symlink(installed, join(packages, scope), 'junction');
  }
}

function folderOf(scope: string): string | undefined {
  const searched = createRequire(import.meta.url).resolve.paths(`${scope}/any`) ?? [];
  return searched.map((folder) => join(folder, scope)).find((folder) => existsSync(folder));
}
