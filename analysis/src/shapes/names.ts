import type { Program } from '../program.ts';
import { isIdentifier } from '../syntax/dialect.ts';
import type { Report } from './index.ts';

/** Cyrillic, Greek and others' letters that look like Latin ones. */
const LOOKALIKE = /[аеорсухіјѕԁһӏԛԝАВЕКМНОРСТХІЈЅοαινρυκΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]/;
const MAX_REPORTED = 10;

/** Names that look like others. Texts and comments may be written in any letters. */
export function detectNames({ tree, dialect }: Program, report: Report): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is looked for
  if (/^[\x00-\x7F]*$/.test(tree.source)) return;
  let found = 0;
  const identifiers = tree.byKind(dialect, isIdentifier);
  for (let node = 0; node < tree.size && found < MAX_REPORTED; node += 1) {
    if (!identifiers[tree.kind(node)]) continue;
    const name = tree.text(node);
    if (!isDisguised(name)) continue;
    report('disguised-name', tree.start(node), tree.end(node), name.slice(0, 40));
    found += 1;
  }
}

/** Latin letters mixed with letters that look like them, or letters that are Latin only after NFKC. */
function isDisguised(name: string): boolean {
  if (/[A-Za-z]/.test(name) && LOOKALIKE.test(name)) return true;
  const plain = name.normalize('NFKC');
  return plain !== name && /^[A-Za-z_$][\w$]*$/.test(plain);
}
