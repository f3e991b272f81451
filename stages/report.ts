import { playgroundPages } from '../src/pages/data/playground.ts';
import type { ReportPages } from '../src/pipe/pipeline/contract.ts';

/** The study's own pages of `pipe report`. */
const pages: ReportPages = (context) => playgroundPages(context);

export default pages;
