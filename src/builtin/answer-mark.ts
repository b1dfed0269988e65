/** Marks a line of a probe's own among whatever else is printed. */
export const MARK = '@archparity@'
