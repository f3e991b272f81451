import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { Unavailable } from './needs.ts';

/** TensorFlow's version. */
export const TENSORFLOW = '2.21.0';

export type Device = 'cpu' | 'gpu';

/** Any Python that this TensorFlow has wheels for: nothing of Python's is used of them. */
const WHEEL_PYTHON = '3.11';
const PLATFORMS = ['manylinux_2_28', 'manylinux_2_27', 'manylinux2014'];
const QUIET = ['--disable-pip-version-check', '--no-input'];

/** Takes the two libraries, the C headers and the list of CUDA's packages out of the wheel. */
const UNPACK = `
import re, shutil, sys, zipfile
wheel, lib, work = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if re.fullmatch(r'tensorflow/libtensorflow_(cc|framework)\\.so\\.2', name):
            with archive.open(name) as source, open(lib + '/' + name.split('/')[1], 'wb') as target:
                shutil.copyfileobj(source, target, 1 << 20)
        elif re.match(r'tensorflow/include/(tensorflow|tsl|xla)/(.*/)?(c/.*|ctstring\\w*)\\.h$', name):
            archive.extract(name, work)
        elif name.endswith('.dist-info/METADATA'):
            needs = re.findall(r'^Requires-Dist: (nvidia[^;]+);.*and-cuda', archive.read(name).decode(), re.M)
            open(work + '/cuda.txt', 'w').write('\\n'.join(needs))
`;

export interface Folders {
  /** For files that are not kept; gets `tensorflow/include`. */
  readonly work: string;
  /** Where the native parts come to lie: `lib`, and `nvidia` on a GPU. */
  readonly deps: string;
}

/** TensorFlow's shared libraries, in `deps/lib`. */
export function librariesIn({ deps }: Folders): readonly string[] {
  const names = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
  return names.map((name) => join(deps, 'lib', name));
}

/**
 * Downloads TensorFlow's wheel with pip, and for a GPU CUDA's, and unpacks what a C program needs of them.
 *
 * @throws Unavailable if pip cannot download
 */
export async function fetchTensorflow(
  python: string,
  processor: string,
  device: Device,
  folders: Folders,
): Promise<void> {
  const { work, deps } = folders;
  const wheel = `${device === 'gpu' ? 'tensorflow' : 'tensorflow-cpu'}==${TENSORFLOW}`;
  await pip(python, wheel, [
    ...['download', '--no-deps', '--only-binary', ':all:', '--python-version', WHEEL_PYTHON],
    ...PLATFORMS.flatMap((name) => ['--platform', `${name}_${processor}`]),
    ...['--dest', work, wheel],
  ]);
  const file = readdirSync(work).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error(`pip has downloaded no wheel of ${wheel}`);
  const { failed } = await execa(
    python,
    ['-c', UNPACK, join(work, file), join(deps, 'lib'), work],
    { stdio: ['ignore', 'inherit', 'inherit'], reject: false },
  );
  if (failed || !librariesIn(folders).every((path) => existsSync(path))) {
    throw new Error(`the wheel of ${wheel} could not be unpacked: is the disk full?`);
  }
  if (device === 'gpu') await fetchCuda(python, folders);
}

/**
 * CUDA is found without LD_LIBRARY_PATH: TensorFlow's libraries look in `../nvidia/*\/lib`, as in Python's
 * site-packages. 2.21 forgets cusolver there, would call it missing, and use no GPU.
 */
async function fetchCuda(python: string, { work, deps }: Folders): Promise<void> {
  const packages = join(work, 'cuda.txt');
  await pip(python, 'CUDA', ['install', '--no-deps', '--target', deps, '--requirement', packages]);
  const solver = join(deps, 'nvidia/cusolver/lib');
  if (!existsSync(solver)) throw new Error(`CUDA's packages have no cusolver: ${packages}`);
  for (const name of readdirSync(solver).filter((file) => file.startsWith('libcusolver.so'))) {
    symlinkSync(join('../../cusolver/lib', name), join(deps, 'nvidia/cublas/lib', name));
  }
}

async function pip(python: string, what: string, [command, ...args]: string[]): Promise<void> {
  const { failed, exitCode } = await execa(python, ['-m', 'pip', command, ...QUIET, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  });
  if (!failed) return;
  throw new Unavailable(
    `pip could not download ${what} (exit code ${exitCode}, its reason is above): is there a network, and room on the disk?`,
  );
}
