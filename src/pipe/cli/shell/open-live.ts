import { Display } from '../../reporters/display.ts';
import { LiveView } from '../../reporters/live.ts';
import type { Reporter } from './reporter.ts';
import type { Shell } from './shell.ts';

/** Milliseconds between two redraws. */
const INTERVAL = 100;

/** Draws a run at the bottom of the terminal until it is closed; what the shell prints appears above. */
export function openLive(shell: Shell, verbose: boolean): Reporter {
  const { stdout } = process;
  const view = new LiveView();
  const display = new Display(stdout);
  let isSuspended = false;
  const print = (...lines: readonly string[]) => display.draw(view.render(), lines);
  const draw = () => {
    // A timer may fire before this process is told that it goes on.
    if (!isSuspended) print();
  };
  const timer = setInterval(draw, INTERVAL);
  const clear = () => display.clear();
  stdout.on('resize', draw);
  // A second Ctrl-C ends this process at once.
  process.once('exit', clear);
  shell.display = {
    print,
    suspend() {
      clear();
      isSuspended = true;
    },
    resume() {
      isSuspended = false;
      draw();
    },
  };
  return {
    emit(event) {
      const lines = view.note(event, verbose);
      if (lines.length > 0) print(...lines);
    },
    async close() {
      shell.display = undefined;
      clearInterval(timer);
      stdout.off('resize', draw);
      process.off('exit', clear);
      clear();
    },
  };
}
