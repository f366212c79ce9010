// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Requests to a small shop as X-Ray documents: a trace has two segments and eighteen subsegments, 20 spans,
// told as exporters tell it (a document a span) or as the X-Ray SDKs do (a document a segment, all of its
// subsegments inside). The same for the same seed.
import { newTraceId, random } from '../tests/web/made_traces.mjs';

export const SPANS = 20;
const PATHS = ['/cart', '/checkout', '/search', '/item'];

// [segment, ...its subsegments] of each of the two services.
function segments(seed, start) {
  const r = random(seed);
  const traceId = newTraceId(r, start);
  const id = () => Math.floor(r() * 2 ** 52).toString(16).padStart(16, '1');
  const took = (0.04 + r() * 0.25) * (r() < 0.06 ? 8 : 1);
  const path = PATHS[Math.floor(r() * PATHS.length)];
  const bad = r();
  const flags = bad < 0.02 ? { fault: true } : bad < 0.06 ? { error: true } : {};
  const status = flags.fault ? 500 : flags.error ? 404 : 200;
  const part = (name, at, share, more) => ({
    id: id(),
    name,
    start_time: start + took * at,
    end_time: start + took * (at + share),
    ...more,
  });
  const http = {
    request: { method: 'GET', url: `https://shop.example${path}`, user_agent: 'Mozilla/5.0', client_ip: '203.0.113.7' },
    response: { status, content_length: 4711 },
  };
  const web = part('web', 0, 1, {
    trace_id: traceId,
    origin: 'AWS::EC2::Instance',
    user: `u${Math.floor(r() * 500)}`,
    annotations: { customer: `c${Math.floor(r() * 40)}`, region: 'eu' },
    http,
    ...flags,
  });
  const call = part('api', 0.05, 0.9, { namespace: 'remote', http: { ...http, request: { ...http.request, traced: true } }, ...flags });
  const api = part('api', 0.07, 0.85, { trace_id: traceId, parent_id: call.id, origin: 'AWS::ECS::Container', http, ...flags });
  const calls = [
    ['DynamoDB', { namespace: 'aws', aws: { operation: 'GetItem', region: 'eu-central-1', table_name: 'carts', request_id: id() } }],
    ['S3', { namespace: 'aws', aws: { operation: 'GetObject', region: 'eu-central-1', bucket_name: 'pictures', request_id: id() } }],
    ['render', { metadata: { shop: { template: 'cart.html', cached: false, lines: 48 } } }],
    ['payment.example', { namespace: 'remote', http: { request: { method: 'POST', url: 'https://payment.example/charge' }, response: { status: 200 } } }],
  ];
  const steps = Array.from({ length: SPANS - 3 }, (_, i) => {
    const [name, more] = calls[i % calls.length];
    return part(name, 0.08 + i * 0.045, 0.04, more);
  });
  return [
    [web, call],
    [api, ...steps],
  ];
}

export function documentPerSpan(seed, start) {
  return segments(seed, start).flatMap(([segment, ...inside]) => [
    JSON.stringify(segment),
    ...inside.map((one) =>
      JSON.stringify({ ...one, type: 'subsegment', trace_id: segment.trace_id, parent_id: segment.id }),
    ),
  ]);
}

export const documentPerSegment = (seed, start) =>
  segments(seed, start).map(([segment, ...subsegments]) => JSON.stringify({ ...segment, subsegments }));
