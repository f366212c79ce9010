// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A program on the X-Ray SDK for Node.js as its users write it: a segment with a subsegment that failed, sent
// by datagram to AWS_XRAY_DAEMON_ADDRESS. Prints the trace's id.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.SPAWN_WEB_MODULES}/package.json`);
const xray = require('aws-xray-sdk-core');

const segment = new xray.Segment('shop-xray-js');
segment.addAnnotation('tenant', 'acme');
const stock = segment.addNewSubsegment('stock');
stock.namespace = 'remote';
stock.close(new Error('sold out'));
segment.close();
console.log(segment.trace_id);
