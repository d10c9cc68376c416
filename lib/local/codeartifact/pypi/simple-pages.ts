import type { WireResponse } from '../../wire/wire-service.js';
import type { StoredPackage } from '../stored-package.js';

/** Returns the page with the names of all packages. */
export function rootPage(names: readonly string[]): WireResponse {
  return page(
    'Simple index',
    names.map((name) => `<a href="${encodeURIComponent(name)}/">${escaped(name)}</a>`),
  );
}

/**
 * Returns the page with a package's files, their digests and the Python versions that they require.
 * @param registryUrl with a trailing slash
 */
export function packagePage(name: string, { versions }: StoredPackage, registryUrl: string): WireResponse {
  const links = Object.entries(versions).flatMap(([version, { assets }]) =>
    assets.map(({ fileName, sha256, requiresPython }) => {
      const path = [name, version, fileName].map(encodeURIComponent).join('/');
      const needs = requiresPython === undefined ? '' : ` data-requires-python="${escaped(requiresPython)}"`;
      return `<a href="${registryUrl}simple/${path}#sha256=${sha256}"${needs}>${escaped(fileName)}</a>`;
    }),
  );
  return page(`Links for ${name}`, links);
}

function page(title: string, links: readonly string[]): WireResponse {
  const lines = [
    '<!DOCTYPE html>',
    `<html><head><meta name="pypi:repository-version" content="1.0"><title>${escaped(title)}</title></head><body>`,
    ...links.map((link) => `${link}<br>`),
    '</body></html>',
  ];
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: lines.join('\n') };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
