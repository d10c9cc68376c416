import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const PACKAGE_FOLDER = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/;
const LICENSE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * Returns the names, versions and licenses of the packages that bundles contain. Each license text is included once.
 *
 * @param subject start of the sentence above the list, such as `The files in lambdas/ contain`
 * @param inputs the paths of all files in the bundles
 */
export async function thirdPartyLicenses(subject, inputs) {
  const folders = new Set(inputs.flatMap((input) => PACKAGE_FOLDER.exec(path.resolve(input))?.[0] ?? []));
  const packages = new Map();
  for (const folder of folders) {
    const { title, text } = await licenseOf(folder);
    packages.set(text, [...(packages.get(text) ?? []), title]);
  }
  const sections = [...packages].map(
    ([text, titles]) => `${[...new Set(titles)].sort().join('\n')}\n\n${text}\n`,
  );
  const heading = `${subject} code of the packages below, under the licenses that follow each list.\n`;
  return [heading, ...sections.sort()].join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenseOf(folder) {
  const { name, version, license, author } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  );
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const declared = `License: ${license}. Author: ${author?.name ?? author ?? 'not named'}.`;
  return {
    title: `${name} ${version}`,
    text:
      texts.length === 0
        ? declared
        : texts.map((text) => text.replaceAll('\r\n', '\n').trimEnd()).join('\n\n'),
  };
}
