import { defineConfig } from 'vitest/config';

// Tests of the science and of the runner keep no state in their process, so the files of a worker share its modules: to
// load tfjs and ONNX Runtime for each file was half of the time of the science, and the start of a process for each file
// a third of that of the runner.
const science = [
  'claims',
  'dimension',
  'docs',
  'plots',
  'random',
  'stages',
  'studies',
  'study',
  'tables',
].map((room) => `test/${room}/**/*.test.ts`);
const runner = ['test/pipe/!(slurm)/**/*.test.ts'];

export default defineConfig({
  test: {
    // Two heavy worlds (tfjs and ONNX Runtime) live in these tests: a process each keeps their global state apart.
    pool: 'forks',
    // One per core: by default one core is left out, and on two cores that is half of the machine.
    maxWorkers: '100%',
    // The cache of whoever runs the tests is none of theirs.
    env: { PIPE_CACHE_DIR: '' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes in its own time on a machine that is busy; one second is no such time.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      { extends: true, test: { name: 'science', include: science, isolate: false } },
      { extends: true, test: { name: 'runner', include: runner, isolate: false } },
      {
        extends: true,
        test: { name: 'tools', include: ['test/**/*.test.ts'], exclude: [...science, ...runner] },
      },
    ],
  },
});
