/** The last of a list, sorted by `start`, that begins at `limit` or before it: its index, or -1. */
export function lastAtMost<Item>(
  list: readonly Item[],
  start: (item: Item) => number,
  limit: number,
): number {
  let low = -1;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const item = list[middle];
    if (item !== undefined && start(item) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
