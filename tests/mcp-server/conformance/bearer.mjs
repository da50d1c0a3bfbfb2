// Preloaded into the conformance suite, which sends no token: adds the one that the test issued to
// every request, whether of fetch, of undici or of Node's own client.

import http from "node:http";
import { createRequire, syncBuiltinESMExports } from "node:module";

const { getGlobalDispatcher, setGlobalDispatcher } = createRequire(process.argv[1])("undici");
const authorization = `Bearer ${process.env.SPOTIFY_TEST_TOKEN}`;
const named = (name) => String(name).toLowerCase() === "authorization";

function signed(headers) {
  if (Array.isArray(headers)) {
    const has = headers.some((name, index) => index % 2 === 0 && named(name));
    return has ? headers : [...headers, "authorization", authorization];
  }
  const has = Object.keys(headers ?? {}).some(named);
  return has ? headers : { ...headers, authorization };
}

setGlobalDispatcher(
  getGlobalDispatcher().compose((dispatch) => (options, handler) =>
    dispatch({ ...options, headers: signed(options.headers) }, handler)),
);

const { request } = http;
http.request = (...given) => {
  const options = given.find((one) => typeof one === "object" && !(one instanceof URL));
  if (options) options.headers = signed(options.headers);
  return request(...given);
};
syncBuiltinESMExports();
