import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadEditor } from './editor/load.ts';
import './styles.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(<App />);
// Begin to fetch the editor beside the first rendering, not behind it.
if (location.pathname === '/' || location.pathname.startsWith('/j/')) loadEditor().catch(() => {});
