import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { EditorOptions } from './code-editor.ts';
import { lineHeight, MONO_FONTS } from './plain.ts';
import { SYNTAX_COLORS } from './syntax-colors.ts';

export function themeOf({ dark, fontSize }: EditorOptions): Extension {
  const colors = SYNTAX_COLORS[dark ? 'dark' : 'light'];
  const theme = EditorView.theme(
    {
      '&': { height: '100%', fontSize: `${fontSize}px`, background: colors.background, color: colors.text },
      '&.cm-focused': { outline: 'none' },
      '.cm-scroller': { fontFamily: MONO_FONTS, lineHeight: `${lineHeight(fontSize)}px` },
      '.cm-content': { padding: '12px 0', caretColor: colors.cursor },
      '.cm-gutters': { background: colors.background, color: colors.lineNumber, border: 'none' },
      '.cm-activeLine': { background: `${colors.activeLine}80` },
      '.cm-activeLineGutter': { background: 'transparent', color: colors.text },
      '.cm-cursor': { borderLeftColor: colors.cursor },
      '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
        background: `${colors.selection} !important`,
      },
      '.cm-panels': { background: colors.activeLine, color: colors.text },
      '.cm-tooltip': {
        background: colors.background,
        color: colors.text,
        border: `1px solid ${colors.selection}`,
      },
    },
    { dark },
  );
  const highlight = HighlightStyle.define([
    { tag: tags.comment, color: colors.comment, fontStyle: 'italic' },
    { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: colors.keyword },
    { tag: [tags.string, tags.special(tags.string)], color: colors.string },
    { tag: [tags.number, tags.bool, tags.null, tags.regexp, tags.escape], color: colors.number },
    { tag: [tags.typeName, tags.className, tags.namespace], color: colors.type },
    {
      tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.tagName],
      color: colors.name,
    },
  ]);
  return [theme, syntaxHighlighting(highlight)];
}
