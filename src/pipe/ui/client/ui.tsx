import '../../report/client/report.css';
import '../../report/client/graph.css';
import './ui.css';
import { render } from 'preact';
import { follow } from './connection.ts';
import { LiveView } from './live-view.tsx';

const place = document.getElementById('live');
if (place !== null) {
  place.replaceChildren();
  follow((state, isConnected) =>
    render(<LiveView state={state} isConnected={isConnected} />, place),
  );
}
