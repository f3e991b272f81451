import '../cards.css';
import './playground.css';
import { render } from 'preact';
import type { ReportBrowser } from '../../../pipe/pipeline/contract.ts';
import type { PlaygroundData } from '../../playground-data.ts';
import { App } from './app.tsx';

declare const report: ReportBrowser;

async function start(place: HTMLElement): Promise<void> {
  try {
    const data = (await report.load('playground')) as PlaygroundData;
    place.replaceChildren();
    render(<App data={data} />, place);
  } catch (error) {
    place.textContent = `the playground cannot start: ${(error as Error).message}`;
  }
}

const place = document.getElementById('playground');
if (place !== null) start(place);
