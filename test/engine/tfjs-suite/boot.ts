import { createRequire } from 'node:module';

/** The part of jasmine that runs tfjs-core's tests. */
export interface JasmineEnvironment {
  configure(options: {
    random: boolean;
    specFilter: (spec: { getFullName(): string }) => boolean;
  }): void;
  addReporter(reporter: {
    specDone(result: {
      fullName: string;
      status: string;
      failedExpectations: readonly { message: string }[];
    }): void;
  }): void;
  execute(): Promise<void>;
}

interface JasmineCore {
  boot(core: JasmineCore): { getEnv(): JasmineEnvironment };
}

const core = createRequire(import.meta.url)('jasmine-core') as JasmineCore;

/** Booting defines `describe`, `it` and `expect`, which the tests use when they are loaded. */
export const jasmine: JasmineEnvironment = core.boot(core).getEnv();
