// Makes one call of Sightengine's client, described as JSON on standard input, and prints what it
// resolves to: {"pair": […], "models": […] or absent, "method": "set_url", "arguments": […]}.
// An argument {"stream": path} becomes a stream of the file, {"base64": path} its text.
'use strict';

const fs = require('fs');
const makeClient = require('sightengine');

function argument(value) {
  if (value && value.stream) return fs.createReadStream(value.stream);
  if (value && value.base64) return fs.readFileSync(value.base64).toString('base64');
  return value;
}

const call = JSON.parse(fs.readFileSync(0, 'utf8'));
const client = makeClient(...call.pair);
const target = call.models ? client.check(call.models) : client;
target[call.method](...call.arguments.map(argument)).then((answer) => {
  // The client resolves to an Error where it should reject.
  if (answer instanceof Error) throw answer;
  process.stdout.write(JSON.stringify(answer));
});
