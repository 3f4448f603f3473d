/** @param {readonly number[]} values */
function sorted(values) {
  return Float64Array.from(values).sort()
}

/**
 * The nearest rank: a value that was really measured.
 *
 * @param {readonly number[]} values
 * @param {number} share 0.99 for the 99th percentile
 */
export function percentile(values, share) {
  if (values.length === 0) return Number.NaN
  return sorted(values)[Math.max(0, Math.ceil(values.length * share) - 1)]
}

/** @param {readonly number[]} values */
export function median(values) {
  const all = sorted(values)
  const middle = all.length >> 1
  return all.length % 2 === 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2
}

/** Milliseconds of the machine's monotonic clock, which all its processes share (CLOCK_MONOTONIC). */
export function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6
}
