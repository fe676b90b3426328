import { createContext, use } from 'react';
import type { Language } from '../api/client.ts';
import type { CodeEditor, Position } from '../editor/code-editor.ts';
import type { Indentation } from '../lib/indentation.ts';
import type { Store } from '../lib/store.ts';
import type { RunController } from '../run/runs.ts';
import type { RunKind } from '../run/submission.ts';
import type { WorkspaceStore } from '../workspace/store.ts';

export type View = 'code' | 'input' | 'output' | 'tests' | 'analysis';

/** What the parts of the workbench share. */
export interface Workbench {
  readonly workspace: WorkspaceStore;
  readonly runs: RunController;
  readonly languages: readonly Language[];
  readonly embedded: boolean;
  /** Which panel is in front. */
  readonly view: Store<View>;
  readonly cursor: Store<{ position: Position; indentation: Indentation }>;
  /** The editor on the page, once there is one. */
  readonly editor: { current: CodeEditor | null };
  run(kind: RunKind): void;
  goTo(line: number, column: number): void;
}

export const WorkbenchContext = createContext<Workbench | null>(null);

export function useWorkbench(): Workbench {
  const workbench = use(WorkbenchContext);
  if (workbench === null) throw new Error('useWorkbench needs a WorkbenchContext around it');
  return workbench;
}
