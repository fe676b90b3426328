import { type CSSProperties, memo, useMemo } from 'react';
import { type Chunk, parseTerminal, type Span } from './parse.ts';
import type { Color, Style } from './sgr.ts';

const css = (color: Color | undefined, fallback: string) =>
  color === undefined ? fallback : typeof color === 'number' ? `var(--ansi-${color})` : color;

function look(style: Style): CSSProperties {
  const [fg, bg] = style.inverse ? [style.bg, style.fg] : [style.fg, style.bg];
  const colored = style.inverse === true || fg !== undefined || bg !== undefined;
  const lines = [style.underline ? 'underline' : '', style.strike ? 'line-through' : ''].join(' ').trim();
  return {
    ...(colored ? { color: css(fg, style.inverse ? 'var(--surface)' : 'inherit') } : {}),
    ...(style.inverse || bg !== undefined
      ? { backgroundColor: css(bg, style.inverse ? 'var(--text)' : 'transparent') }
      : {}),
    ...(style.bold ? { fontWeight: 700 } : {}),
    ...(style.dim ? { opacity: 0.7 } : {}),
    ...(style.italic ? { fontStyle: 'italic' } : {}),
    ...(lines === '' ? {} : { textDecoration: lines }),
  };
}

function Piece({ span: { text, style } }: { span: Span }) {
  if (Object.keys(style).length === 0) return text;
  if (style.control) return <span className="text-muted opacity-80">{text}</span>;
  return <span style={look(style)}>{text}</span>;
}

const ChunkView = memo(function ChunkView({ chunk }: { chunk: Chunk }) {
  return (
    // Chunks out of sight cost no layout; their height is guessed until they are seen.
    <div style={{ contentVisibility: 'auto', containIntrinsicSize: `auto ${chunk.lines * 20}px` }}>
      {chunk.spans.map((span, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: spans of a chunk have no other identity
        <Piece key={index} span={span} />
      ))}
    </div>
  );
});

/** What a program printed, as a terminal would show it, but inert. */
export function TerminalText({ text, cut }: { text: string; cut: (hidden: number) => string }) {
  const parsed = useMemo(() => parseTerminal(text), [text]);
  return (
    <div className="font-mono text-[length:var(--code-size)] leading-5 whitespace-pre-wrap [overflow-wrap:anywhere] [tab-size:8] [unicode-bidi:plaintext]">
      {parsed.chunks.map((chunk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: chunks only ever grow at the end
        <ChunkView key={index} chunk={chunk} />
      ))}
      {parsed.hidden > 0 && <p className="mt-2 font-sans text-muted">{cut(parsed.hidden)}</p>}
    </div>
  );
}
