/**
 * tfjs-core's own tests, which its package ships, on the engine's backend. `bundle.ts` bundles this file,
 * so that tests and engine share one copy of tfjs; `node BUNDLE OUT [FILTER]` runs the tests whose names
 * contain FILTER and writes their results to OUT.
 *
 * The order of imports matters: jasmine, the engine, its backend as the one to test, the tests.
 */
import { writeFileSync } from 'node:fs';
import { jasmine } from './boot.ts';
import '../../../src/engine/index.ts';
import './backend.ts';
import '@tensorflow/tfjs-core/dist/tests.js';
import type { TestResult } from './bundle.ts';

const [, , out, filter = ''] = process.argv;
const results: TestResult[] = [];
jasmine.configure({ random: false, specFilter: (spec) => spec.getFullName().includes(filter) });
jasmine.addReporter({
  specDone({ fullName, status, failedExpectations }) {
    if (status === 'excluded') return;
    const name = fullName.replace(' onnxruntime {}', '').trim();
    results.push({ name, status, messages: failedExpectations.map(({ message }) => message) });
  },
});
await jasmine.execute();
writeFileSync(out, JSON.stringify(results));
