// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The search within a trace. Pure.

const UNITS = { us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600 };

// A test of rows, or null for none: words that must all be there, and bounds such as >10ms or <2s.
export function matcher(text, t) {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const tests = words.map((word) => {
    const bound = /^([<>])(\d+(?:\.\d+)?)(us|µs|ms|s|min|m|h)?$/.exec(word);
    if (bound) {
      const limit = Number(bound[2]) * UNITS[bound[3] ?? 's'];
      return bound[1] === '>' ? (r) => t.end[r] - t.start[r] > limit : (r) => t.end[r] - t.start[r] < limit;
    }
    return (r) => {
      const s = t.spans[r];
      return (
        has(s.name, word) ||
        has(s.service, word) ||
        has(s.id, word) ||
        has(s.http?.url, word) ||
        has(s.aws?.request_id, word) ||
        within(s.annotations, word) ||
        within(s.metadata, word)
      );
    };
  });
  return (r) => tests.every((test) => test(r));
}
const within = (values, word) =>
  values && Object.entries(values).some(([k, v]) => has(k, word) || has(v, word));
const has = (value, word) =>
  value !== undefined && value !== null && String(value).toLowerCase().includes(word);
