// Preloaded: what goes to api.sightengine.com over TLS goes to the server in SERVER_URL instead.
'use strict';

const http = require('http');
const https = require('https');

const server = new URL(process.env.SERVER_URL);
const request = https.request;
// The client's fetch reuses connections that were closed meanwhile.
const agent = new http.Agent({ keepAlive: false });

https.request = (options, ...rest) => {
  if (!String(options.hostname).endsWith('api.sightengine.com')) {
    return request(options, ...rest);
  }
  return http.request(
    { ...options, protocol: 'http:', hostname: server.hostname, host: server.hostname,
      port: server.port, agent },
    ...rest,
  );
};
