/** Rights that a descriptor is opened with; the others are not looked at. */
export const RIGHT_READ = 1n << 1n;
export const RIGHT_WRITE = 1n << 6n;
export const FDFLAG_APPEND = 1;
