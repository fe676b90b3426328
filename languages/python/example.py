"""Counts the words of its input, or of a sentence of its own."""
import sys
from collections import Counter

text = sys.stdin.read() or "the quick brown fox jumps over the lazy dog the end"
for word, count in Counter(text.split()).most_common(3):
    print(f"{word:>8} {'#' * count} {count}")
