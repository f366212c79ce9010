// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What stands out in a job array: who is much slower than the others, who failed, who is still at it. Pure.
import { median, quantile } from './scale.js';

const SLOWER = 1.5; // times the median, and
const LEAST = 0.5; // seconds more than it

// Members [{start, end, exitCode, retries, interruptions…}] → {stragglers: Set of positions, median,
// p90, slowest, done, running, failed}. Running members count with the time they took so far.
export function sumUp(members, now) {
  const took = members.map((m) => (m.end ?? now) - m.start);
  const finished = took.filter((x, i) => Number.isFinite(x) && members[i].end != null);
  const usual = median(finished.length > 0 ? finished : took.filter(Number.isFinite));
  const stragglers = new Set();
  took.forEach((x, i) => {
    if (x > usual * SLOWER && x - usual > LEAST) stragglers.add(i);
  });
  const sorted = Float64Array.from(finished).sort();
  const failed = members.filter(memberFailed).length;
  const running = members.filter((m) => m.end == null && !memberFailed(m)).length;
  return {
    stragglers,
    median: usual,
    p90: quantile(sorted, 0.9),
    slowest: took.reduce((at, x, i) => (at < 0 || x > took[at] ? i : at), -1),
    running,
    failed,
    done: members.length - failed - running,
  };
}

export const memberFailed = (m) => Boolean(m.error || (m.exitCode != null && m.exitCode !== 0));
