// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A receiver of OTLP that decodes with the code that protoc's tools made of OpenTelemetry's own .proto files, and
// compares what came with FILE, field by field. Prints "port N", then a line for each request: "TYPE ENCODING same,
// N fields", or what differs.
//
//   SPAWN_WEB_MODULES=DIR node otlp_decoded.mjs FILE
import assert from 'node:assert';
import {readFileSync} from 'node:fs';
import http from 'node:http';
import {createRequire} from 'node:module';
import zlib from 'node:zlib';

const require = createRequire(`${process.env.SPAWN_WEB_MODULES}/`);
const root = require(`${process.env.SPAWN_WEB_MODULES}/node_modules/otlp-generated/build/src/generated/root.js`);
const Request = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;

// In OTLP's JSON ids are hex, not base64 as in other messages:
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
const fromJson = text => {
  const ids = new Set(['traceId', 'spanId', 'parentSpanId']);
  const object = JSON.parse(text, (key, value) => (ids.has(key) ? Buffer.from(value, 'hex') : value));
  return Request.decode(Request.encode(Request.fromObject(object)).finish());
};
// Every field that is there. An absent one and one with proto3's default are the same, and so are an unset status and none,
// a scope that is not known and none.
const dropEmpty = (holder, name) => Object.keys(holder[name] ?? {}).length > 0 || delete holder[name];
const canonical = message => {
  const object = Request.toObject(message, {longs: String, bytes: String});
  for (const scopeSpans of object.resourceSpans.flatMap(r => r.scopeSpans)) {
    dropEmpty(scopeSpans, 'scope');
    for (const span of scopeSpans.spans) dropEmpty(span, 'status');
  }
  return object;
};
const fields = value => (value !== null && typeof value === 'object' ? Object.values(value).reduce((n, v) => n + fields(v), 0) : 1);

const wanted = canonical(fromJson(readFileSync(process.argv[2], 'utf8')));
const server = http.createServer(async (request, response) => {
  let body = Buffer.concat(await request.toArray());
  const type = request.headers['content-type'];
  const encoding = request.headers['content-encoding'] ?? 'plain';
  if (encoding === 'gzip') body = zlib.gunzipSync(body);
  let said;
  try {
    const got = canonical(type === 'application/json' ? fromJson(body.toString()) : Request.decode(body));
    assert.deepStrictEqual(got, wanted);
    said = `same, ${fields(got)} fields`;
  } catch (error) {
    said = error.message;
  }
  console.log(`${type} ${encoding} ${said}`);
  response.writeHead(200, {'content-type': type}).end(type === 'application/json' ? '{}' : '');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
