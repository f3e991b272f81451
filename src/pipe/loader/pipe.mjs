#!/usr/bin/env node
/** The command `pipe` of a checkout: bundles the runner's sources if they changed, and runs them. */
import { loadBundled } from './bundle.mjs';

const program = await loadBundled('main');
if (program !== undefined) {
  process.exitCode = await program.runPipe(process.argv.slice(2));
}
