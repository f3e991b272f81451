/** `npm create @shatter/pipe [FOLDER]`: what `npx pipe init` does, where nothing is installed yet. */
import { resolve } from 'node:path';
import { describeStart, startProject } from '../../pipe/cli/init/start-project.ts';
import { EXIT, RunError } from '../../pipe/core/errors.ts';

const [name = '.', ...more] = process.argv.slice(2);

if (name.startsWith('-') || more.length > 0) {
  console.error('usage: npm create @shatter/pipe [FOLDER]');
  process.exitCode = name === '--help' || name === '-h' ? EXIT.ok : EXIT.usage;
} else {
  try {
    const folder = resolve(name);
    for (const line of describeStart(folder, process.cwd(), startProject(folder))) {
      console.log(line);
    }
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const { message, hint, exitCode } = error;
    console.error(`error: ${message}${hint === undefined ? '' : `\n  fix: ${hint}`}`);
    process.exitCode = exitCode;
  }
}
