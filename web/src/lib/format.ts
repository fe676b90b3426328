/** Numbers in words of the reader's language. */
export interface Formats {
  duration(ms: number): string;
  bytes(bytes: number): string;
  integer(value: number): string;
  decimal(value: number): string;
  dateTime(time: string | number): string;
}

export function createFormats(locale: string): Formats {
  const digits = (fraction: number) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: fraction, maximumFractionDigits: fraction });
  const [whole, one, two] = [digits(0), digits(1), digits(2)];
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    duration(ms) {
      if (ms < 10) return `${one.format(ms)} ms`;
      if (ms < 1000) return `${whole.format(ms)} ms`;
      return `${(ms < 10_000 ? two : one).format(ms / 1000)} s`;
    },
    bytes(bytes) {
      if (bytes < 1024) return `${whole.format(bytes)} B`;
      if (bytes < 1024 ** 2) return `${(bytes < 10 * 1024 ? one : whole).format(bytes / 1024)} KiB`;
      return `${(bytes < 10 * 1024 ** 2 ? one : whole).format(bytes / 1024 ** 2)} MiB`;
    },
    integer: (value) => whole.format(value),
    decimal: (value) => one.format(value),
    dateTime: (time) => dateTime.format(new Date(time)),
  };
}
