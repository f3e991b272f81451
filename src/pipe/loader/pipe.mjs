#!/usr/bin/env node
import { start } from './start.mjs';

const cli = await start(() => 'src/pipe/cli/main.js');
if (cli !== undefined) {
  const main = /** @type {(argv: readonly string[]) => Promise<number>} */ (cli.main);
  process.exitCode = await main(process.argv.slice(2));
}
