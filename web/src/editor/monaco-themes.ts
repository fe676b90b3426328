import * as monaco from 'monaco-editor/editor/editor.api';
import { SYNTAX_COLORS } from './syntax-colors.ts';

export function defineThemes(): void {
  for (const [name, colors] of Object.entries(SYNTAX_COLORS)) {
    const rule = (token: string, color: string, fontStyle = '') => ({
      token,
      foreground: color.slice(1),
      fontStyle,
    });
    monaco.editor.defineTheme(`rce-${name}`, {
      base: name === 'dark' ? 'vs-dark' : 'vs',
      inherit: true,
      rules: [
        rule('', colors.text),
        rule('comment', colors.comment, 'italic'),
        rule('keyword', colors.keyword),
        rule('string', colors.string),
        rule('string.escape', colors.number),
        rule('number', colors.number),
        rule('regexp', colors.number),
        rule('type', colors.type),
        rule('type.identifier', colors.type),
        rule('tag', colors.name),
        rule('identifier', colors.text),
        rule('delimiter', colors.text),
        rule('variable', colors.name),
      ],
      colors: {
        'editor.background': colors.background,
        'editor.foreground': colors.text,
        'editorLineNumber.foreground': colors.lineNumber,
        'editorLineNumber.activeForeground': colors.text,
        'editor.lineHighlightBackground': colors.activeLine,
        'editor.lineHighlightBorder': '#00000000',
        'editor.selectionBackground': colors.selection,
        'editorCursor.foreground': colors.cursor,
        focusBorder: '#00000000',
      },
    });
  }
}
