import { execa } from 'execa';

/** What the set-up needs of the machine is not there. */
export class Unavailable extends Error {}

/** The programs that the set-up starts. */
export interface Tools {
  /** Any Python 3 with pip: it downloads and unpacks, and takes no part afterwards. */
  readonly python: string;
  /** A C++17 compiler with g++'s options. */
  readonly compiler: string;
}

const PROCESSORS: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Of glibc; undefined with another C library. */
  readonly glibc: string | undefined;
}

/**
 * Python's name of this machine's processor.
 *
 * @throws Unavailable where TensorFlow has no wheels
 */
export function processorOf({ platform, arch, glibc }: Machine = thisMachine()): string {
  const processor = PROCESSORS[arch];
  const found = `${platform} ${arch}${platform === 'linux' && glibc === undefined ? ' without glibc' : ''}`;
  if (platform === 'linux' && glibc !== undefined && processor !== undefined) return processor;
  throw new Unavailable(
    `TensorFlow is set up on Linux with glibc, on x64 or arm64, not on ${found}: use the onnxruntime backend`,
  );
}

function thisMachine(): Machine {
  const { header } = process.report.getReport() as unknown as {
    header: { glibcVersionRuntime?: string };
  };
  return { platform: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime };
}

/** @throws Unavailable that says which program is missing and how to get it */
export async function checkTools({ python, compiler }: Tools): Promise<void> {
  if (!(await works(python, ['--version']))) {
    throw new Unavailable(
      `there is no ${python}: install Python 3, or name one with PYTHON=/path/to/python3`,
    );
  }
  if (!(await works(python, ['-m', 'pip', '--version']))) {
    throw new Unavailable(`${python} has no pip: apt-get install python3-pip`);
  }
  if (!(await works(compiler, ['--version']))) {
    throw new Unavailable(
      `there is no ${compiler}: apt-get install g++, or name a C++ compiler with CXX=...`,
    );
  }
}

async function works(command: string, args: readonly string[]): Promise<boolean> {
  return !(await execa(command, args, { stdio: 'ignore', reject: false })).failed;
}
