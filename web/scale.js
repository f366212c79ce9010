// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Axes: where their ticks are, and how values fall into bins. Pure.

const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800,
];

// A step that gives at most `most` ticks over `span` seconds, at times people count in.
export function timeStep(span, most) {
  const least = span / Math.max(1, most);
  if (!(least > 0)) return 1;
  if (least > 0.5) return STEPS.find((s) => s >= least) ?? Math.ceil(least / 604800) * 604800;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((m) => m * power).find((s) => s >= least * (1 - 1e-9));
}

// Ticks within [from, to], both ends included.
export function ticks(from, to, most) {
  const step = timeStep(to - from, most);
  const out = [];
  for (let i = Math.ceil(from / step - 1e-9) + 0; i * step <= to + step * 1e-9 && out.length <= most + 1; i++)
    out.push(i * step);
  return out;
}

// Roughly a decade each, at times people count in.
const DECADES = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 60, 600, 3600, 36000, 86400, 864000, 8640000];

// A logarithmic axis over positive values, a decade at least.
export function logScale(min, max) {
  const lo = Math.log10(Math.max(min, 1e-6));
  const hi = Math.max(Math.log10(Math.max(max, 1e-6)), lo + 1e-9);
  const pad = Math.max((hi - lo) * 0.05, (1 - (hi - lo)) / 2, 0);
  const a = lo - pad;
  const b = hi + pad;
  return {
    at: (v) => (Math.log10(Math.max(v, 1e-6)) - a) / (b - a),
    value: (part) => 10 ** (a + part * (b - a)),
    ticks: () => DECADES.filter((v) => Math.log10(v) >= a && Math.log10(v) <= b),
  };
}

// How many values fall into each of `n` bins of equal width on the logarithmic axis.
export function logBins(values, n) {
  let min = Infinity;
  let max = 0;
  for (const v of values) {
    if (!(v > 0)) continue;
    min = Math.min(min, v);
    max = Math.max(max, v);
  }
  if (max === 0) return [];
  const scale = logScale(min, max);
  const bins = Array.from({ length: n }, (_, i) => ({
    from: scale.value(i / n),
    to: scale.value((i + 1) / n),
    count: 0,
  }));
  for (const v of values) {
    const i = v > 0 ? Math.floor(scale.at(v) * n) : 0;
    bins[Math.min(n - 1, Math.max(0, i))].count++;
  }
  return bins;
}

export function median(values) {
  if (values.length === 0) return NaN;
  const s = Float64Array.from(values).sort();
  const m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
}

// The value below which `part` of the sorted values lie (nearest rank).
export function quantile(sorted, part) {
  return sorted.length === 0
    ? NaN
    : sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))];
}
