import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkTools, processorOf, Unavailable } from '../../src/tensorflow/needs.ts';
import { setUpTensorflow } from '../../src/tensorflow/set-up.ts';
import type { Device } from '../../src/tensorflow/wheel.ts';

// Programs that do what pip and g++ do, in a second, stand in for them; .ci/run sets up the real library.
let project = '';
let home = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'set-up-'));
  const scope = join(project, 'node_modules/@tensorflow');
  home = join(scope, 'tfjs-node-gpu');
  mkdirSync(home, { recursive: true });
  const headers = join(project, 'node_modules/node-api-headers');
  mkdirSync(headers);
  writeFileSync(join(headers, 'package.json'), '{}');
  writeFileSync(join(project, 'package.json'), '{}');
  writeFileSync(join(home, 'package.json'), '{}');
});
afterEach(() => rmSync(project, { recursive: true }));

const BINDING = 'lib/napi-v8/tfjs_binding.node';

const PYTHON = `
echo "$@" >>PROJECT/calls
case "$*" in
*' download '*)
  [ ! -e PROJECT/no-network ] || { echo 'no network' >&2; exit 1; }
  while [ "$1" != --dest ]; do shift; done
  echo wheel >"$2/tensorflow.whl" ;;
*' install '*)
  while [ "$1" != --target ]; do shift; done
  mkdir -p "$2/nvidia/cusolver/lib" "$2/nvidia/cublas/lib"
  echo >"$2/nvidia/cusolver/lib/libcusolver.so.11" ;;
-c*)
  for name in cc framework; do echo library >"$4/libtensorflow_$name.so.2"; done
  echo nvidia-cublas-cu12 >"$5/cuda.txt" ;;
esac
`;

const COMPILER = `
[ "$1" = --version ] && exit 0
[ ! -e PROJECT/no-compiler ] || exit 1
while [ "$1" != -o ]; do shift; done
printf "$(cat PROJECT/binding 2>/dev/null || echo compiled)" >"$2"
`;

function program(name: string, text: string): string {
  const path = join(project, name);
  writeFileSync(path, `#!/bin/sh\n${text.replaceAll('PROJECT', project)}`);
  chmodSync(path, 0o755);
  return path;
}

async function setUp(device: Device = 'cpu') {
  const lines: string[] = [];
  const tools = { python: program('python', PYTHON), compiler: program('g++', COMPILER) };
  await setUpTensorflow({
    device,
    project,
    tools,
    works: async () => readFileSync(join(home, BINDING), 'utf8') === 'compiled',
    log: (line) => lines.push(line),
  });
  return lines;
}

function downloads(): number {
  const calls = readFileSync(join(project, 'calls'), 'utf8').split('\n');
  return calls.filter((line) => line.includes(' download ')).length;
}

function files(): readonly boolean[] {
  const paths = [BINDING, 'deps/lib/libtensorflow_cc.so.2', 'set-up'];
  return paths.map((path) => existsSync(join(home, path)));
}

test('TensorFlow is set up in its npm package, once, and anew for another device', async () => {
  expect(await setUp()).toEqual([expect.stringContaining(`in deps and lib of ${home}`)]);
  expect(files()).toEqual([true, true, false]);
  expect(await setUp()).toEqual([`TensorFlow is set up already, in ${home}`]);
  expect(downloads()).toBe(1);
  await setUp('gpu');
  expect(downloads()).toBe(2);
  expect(existsSync(join(home, 'deps/nvidia/cublas/lib/libcusolver.so.11'))).toBe(true);
});

test('a set-up that fails leaves the one that was there', async () => {
  await setUp();
  for (const [cause, message] of [
    ['no-network', /pip could not download tensorflow==.*its reason is above/],
    ['no-compiler', /could not compile the binding \(exit code 1\)/],
  ] as const) {
    writeFileSync(join(project, cause), '');
    const failure = setUp('gpu');
    await expect(failure).rejects.toThrow(message);
    if (cause === 'no-network') await expect(failure).rejects.toBeInstanceOf(Unavailable);
    rmSync(join(project, cause));
    expect(files()).toEqual([true, true, false]);
  }
});

test('a library that does not work is removed again', async () => {
  writeFileSync(join(project, 'binding'), 'for another processor');
  await expect(setUp()).rejects.toThrow(/does not work here, and was removed again/);
  expect(files()).toEqual([false, false, false]);
});

test('what is missing is named, with how to get it', async () => {
  const python = program('python', 'exit 0');
  const noPip = program('no-pip', '[ "$1" = --version ]');
  const check = (given: string, compiler: string) => checkTools({ python: given, compiler });
  await expect(check('/none/python3', 'g++')).rejects.toThrow(
    /there is no \/none\/python3: install/,
  );
  await expect(check(noPip, python)).rejects.toThrow(/has no pip: apt-get install python3-pip/);
  await expect(check(python, '/none/g++')).rejects.toThrow(/there is no \/none\/g\+\+: apt-get/);
  await expect(check(python, python)).resolves.toBeUndefined();
});

test('systems that TensorFlow has no wheels for are refused', () => {
  const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };
  expect(processorOf(linux)).toBe('x86_64');
  expect(processorOf({ ...linux, arch: 'arm64' })).toBe('aarch64');
  expect(() => processorOf({ ...linux, glibc: undefined })).toThrow(
    /not on linux x64 without glibc/,
  );
  expect(() => processorOf({ ...linux, platform: 'darwin', glibc: undefined })).toThrow(
    /not on darwin x64:/,
  );
  expect(() => processorOf({ ...linux, arch: 'ia32' })).toThrow(Unavailable);
});
