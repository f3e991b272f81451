/**
 * Imported first by programs that run from the snapshot in a process of their own (workers): their
 * stack traces name the lines of the .ts files too.
 */
import { mapStacks } from './stack.mjs';

/** Left by start.mjs for the processes that the CLI starts. */
const inherited = process.env.SHATTER_SNAPSHOT;
if (inherited !== undefined) mapStacks(JSON.parse(inherited));
