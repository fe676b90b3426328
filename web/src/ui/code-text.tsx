/** A sentence in which `code` stands between backticks, as the rules of the analysis write it. */
export function CodeText({ text }: { text: string }) {
  return text.split(/(`[^`]+`)/).map((part, at) =>
    part.startsWith('`') && part.length > 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence never move.
      <code key={at} className="rounded bg-hover px-1 py-px font-mono text-xs">
        {part.slice(1, -1)}
      </code>
    ) : (
      part
    ),
  );
}
