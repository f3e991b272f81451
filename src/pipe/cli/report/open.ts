import { execa } from 'execa';
import { RunError } from '../../core/errors.ts';

/**
 * Shows a file or an address in the user's browser.
 * @throws {RunError} where there is none
 */
export async function openInBrowser(target: string): Promise<void> {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const { failed } = await execa(command, [...args, target], { stdio: 'ignore', reject: false });
  if (failed)
    throw new RunError(`'${command}' shows no browser here`, `open it yourself: ${target}`);
}

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};
