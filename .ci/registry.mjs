/**
 * A registry of the packages in a folder: `node .ci/registry.mjs FOLDER` prints its address and serves the .tgz files
 * there until it is ended. npm asks it for the scope that `npm_config_@SCOPE:registry` names.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { execaSync } from 'execa';

const [folder = '.'] = process.argv.slice(2);

/** By name: the manifest of its only version. */
const packages = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.tgz'))
    .map((file) => {
      const path = join(folder, file);
      const { stdout } = execaSync('tar', ['-xzOf', path, 'package/package.json']);
      const manifest = JSON.parse(stdout);
      const integrity = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
      return [manifest.name, { manifest, file, integrity }];
    }),
);

const server = createServer(({ url = '/', headers }, response) => {
  const path = decodeURIComponent(url).slice(1);
  const found = packages.get(path);
  if (found !== undefined) {
    const { manifest, file, integrity } = found;
    const dist = { tarball: `http://${headers.host}/${file}`, integrity };
    const versions = { [manifest.version]: { ...manifest, dist } };
    const { name } = manifest;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name, 'dist-tags': { latest: manifest.version }, versions }));
  } else if ([...packages.values()].some(({ file }) => file === path)) {
    response.end(readFileSync(join(folder, path)));
  } else {
    response.statusCode = 404;
    response.end();
  }
});

server.listen(0, '127.0.0.1', () => {
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`http://127.0.0.1:${address.port}`);
});
