import '../cards.css';
import './story.css';
import { type ComponentType, render } from 'preact';
import type { ReportBrowser } from '../../../pipe/pipeline/contract.ts';
import type { StoryData } from '../../story-data.ts';
import { ByDimension } from '../figures/by-dimension.tsx';
import { ByGame } from '../figures/by-game.tsx';
import { Floors } from '../figures/floors.tsx';
import { Mass } from '../figures/mass.tsx';

declare const report: ReportBrowser;

/** Figures by the name that their place in the page has. */
const FIGURES: Readonly<Record<string, ComponentType<{ readonly data: StoryData }>>> = {
  'by-game': ByGame,
  'by-dimension': ByDimension,
  mass: Mass,
  floors: Floors,
};

async function start(): Promise<void> {
  const places = document.querySelectorAll<HTMLElement>('[data-figure]');
  try {
    const data = (await report.load('story')) as StoryData;
    for (const place of places) {
      const Figure = FIGURES[place.dataset.figure ?? ''];
      place.replaceChildren();
      render(<Figure data={data} />, place);
    }
  } catch (error) {
    for (const place of places) {
      place.textContent = `the figure cannot be drawn: ${(error as Error).message}`;
    }
  }
}

start();
