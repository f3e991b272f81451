#!/usr/bin/env node
/** usage: node src/pipe/loader/run.mjs FILE.ts [args]   (a benchmark or a script of this package) */
import { loadBundled } from './bundle.mjs';

const program = await loadBundled('script');
const exitCode = await program?.runScript(process.argv.slice(2));
if (exitCode !== undefined) process.exitCode = exitCode;
