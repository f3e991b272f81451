import { studyPages } from '../src/pages/data/story.ts';
import type { ReportPages } from '../src/pipe/pipeline/contract.ts';

/** The study's own pages of `pipe report`. */
const pages: ReportPages = studyPages;

export default pages;
