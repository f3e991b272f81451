import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { cacheFolder, claimCacheFolder } from '../../../src/pipe/core/cache-folder.ts';
import { temporaryFolder } from '../project.ts';

let root: string;
let elsewhere: string;

beforeEach(() => {
  root = temporaryFolder();
  elsewhere = temporaryFolder();
  writeFileSync(join(root, 'pipeline.yaml'), '');
  vi.stubEnv('PIPE_CACHE_DIR', '');
});

/** Makes the cache lie in a folder, in one of the two ways. */
function keepIn(folder: string, way: 'variable' | 'link'): void {
  if (way === 'variable') vi.stubEnv('PIPE_CACHE_DIR', folder);
  else symlinkSync(folder, join(root, 'cache'));
}

test('the cache is in cache/, which is not looked at, unless something else is said', () => {
  expect(cacheFolder(root)).toBe(join(root, 'cache'));
  writeFileSync(join(root, 'cache'), 'whatever is wrong here is told when it is written to');
  expect(() => claimCacheFolder(root)).not.toThrow();
});

test.each(['variable', 'link'] as const)('an empty folder is claimed once, by %s', (way) => {
  mkdirSync(join(elsewhere, 'lost+found'));
  keepIn(elsewhere, way);
  claimCacheFolder(root);
  claimCacheFolder(root);
  expect(cacheFolder(root)).toBe(elsewhere);
  expect(readFileSync(join(elsewhere, 'project'), 'utf8')).toBe(`${root}\n`);
});

test('a relative folder counts from the root, and is made if only its last part is missing', () => {
  keepIn('.cache', 'variable');
  claimCacheFolder(root);
  expect(realpathSync(join(root, '.cache'))).toBe(cacheFolder(root));
  keepIn(join(elsewhere, 'not/mounted'), 'variable');
  expect(() => claimCacheFolder(root)).toThrow('is in a folder that does not exist');
});

test('a link to nothing is an error that names what is missing', () => {
  keepIn(join(elsewhere, 'gone'), 'link');
  expect(() => claimCacheFolder(root)).toThrow(
    `${root}/cache is a link to ${elsewhere}/gone, which does not exist`,
  );
});

test('links in a circle are an error', () => {
  symlinkSync('cache', join(root, 'cache'));
  expect(() => claimCacheFolder(root)).toThrow(/cache/);
});

test('a file is no place for a cache', () => {
  writeFileSync(join(elsewhere, 'file'), '');
  keepIn(join(elsewhere, 'file'), 'variable');
  expect(() => claimCacheFolder(root)).toThrow(/file \(PIPE_CACHE_DIR\) is not a folder$/);
  keepIn(join(elsewhere, 'file/below'), 'variable');
  expect(() => claimCacheFolder(root)).toThrow(/cannot keep the cache in/);
});

test.each(['artifacts', 'artifacts/deep/er', 'stages', 'src', 'node_modules/x', '.git'])(
  'the cache may not be in %s of the project, also by a link',
  (place) => {
    mkdirSync(join(root, place), { recursive: true });
    keepIn(place, 'variable');
    expect(() => claimCacheFolder(root)).toThrow(/ of the project$/);
    vi.stubEnv('PIPE_CACHE_DIR', '');
    keepIn(place, 'link');
    expect(() => claimCacheFolder(root)).toThrow(/ of the project$/);
  },
);

test.each(['.', '..', '/'])('the cache may not hold the project, as %s does', (place) => {
  keepIn(place, 'variable');
  expect(() => claimCacheFolder(root)).toThrow('holds the project itself');
});

test("somebody's files are not taken for a cache, and those of a moved cache are", () => {
  mkdirSync(join(elsewhere, 'tmp'));
  keepIn(elsewhere, 'variable');
  expect(() => claimCacheFolder(root)).toThrow("holds files that are not a cache's, such as tmp");
  writeFileSync(join(elsewhere, 'actions.log'), '');
  claimCacheFolder(root);
  expect(readFileSync(join(elsewhere, 'project'), 'utf8')).toBe(`${root}\n`);
});

test('two projects cannot share a cache, and one that is gone or moved leaves its own', () => {
  const other = temporaryFolder();
  writeFileSync(join(other, 'pipeline.yaml'), '');
  keepIn(elsewhere, 'variable');
  claimCacheFolder(other);
  expect(() => claimCacheFolder(root)).toThrow(`is the cache of another project, ${other}`);
  writeFileSync(join(elsewhere, 'project'), `${other}-moved\n`);
  claimCacheFolder(root);
  expect(readFileSync(join(elsewhere, 'project'), 'utf8')).toBe(`${root}\n`);
});
