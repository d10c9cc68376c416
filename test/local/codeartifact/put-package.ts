/** Returns the body of `npm publish` for a tarball. */
export function publication(name: string, version: string, tarball: Buffer, manifest: object = {}): string {
  return JSON.stringify({
    _id: name,
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { name, version, ...manifest } },
    _attachments: { [`${name}-${version}.tgz`]: { data: tarball.toString('base64') } },
  });
}

/** Sends the request of `npm publish` without the checks that npm makes before it. */
export function putPackage(registry: string, token: string, name: string, body: string): Promise<Response> {
  return fetch(`${registry}${name.replace('/', '%2f')}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  });
}
