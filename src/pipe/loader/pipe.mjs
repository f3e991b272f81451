#!/usr/bin/env node
/** The command `pipe` of a checkout: bundles the runner's sources if they changed, and runs them. */
import { loadBundled } from './bundle.mjs';

try {
  const program = await loadBundled('main');
  if (program !== undefined) process.exitCode = await program.runPipe(process.argv.slice(2));
} catch (error) {
  console.error(explainStart(error));
  process.exitCode = 1;
}

/**
 * What prints errors is not loaded yet.
 * @param {unknown} error
 */
function explainStart(error) {
  const { code = '', message } = /** @type {NodeJS.ErrnoException} */ (error);
  const [what] = String(message ?? error).split('\n', 1);
  const isMissing = /MODULE_NOT_FOUND$/.test(code) || /could not be found/.test(what);
  const hint = isMissing ? 'install the packages: npm ci' : 'install the packages again: npm ci';
  return `error: cannot start: ${what}\n  fix: ${hint}`;
}
