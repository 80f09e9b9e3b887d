// One subscription with somebody else's client, as its documentation has it; an event a line.
// node listen.mjs <client> <http url> <query>

import { EventSource } from "eventsource";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import { WebSocket } from "ws";

const [kind, url, query] = process.argv.slice(2);
const pause = () => new Promise((done) => setTimeout(done, 50));

function tell(event) {
  console.log(JSON.stringify(event));
}

function failed(problem) {
  console.error(problem);
  process.exit(1);
}

function listen(singleConnection) {
  subscribe(createSse({ url, singleConnection, retryAttempts: 100, retry: pause }));
}

// As docs/clients.md says.
function subscribe(live) {
  const place = {};
  const next = (event) => {
    place.after = event.extensions.subscription.cursor;
    tell(event);
  };
  const operation = { query, extensions: { subscription: place } };
  live.subscribe(operation, { next, error: failed, complete: () => tell("complete") });
}

const clients = {
  "graphql-ws": () => {
    subscribe(
      createWs({
        url: url.replace("http", "ws"),
        webSocketImpl: WebSocket,
        retryAttempts: 100,
        retryWait: pause,
        shouldRetry: () => true,
      }),
    );
  },
  "graphql-sse": () => listen(false),
  "graphql-sse in one connection": () => listen(true),
  EventSource: () => {
    const live = new EventSource(`${url}?query=${encodeURIComponent(query)}`);
    live.addEventListener("next", (event) => tell(JSON.parse(event.data)));
    live.addEventListener("complete", () => live.close());
  },
};

clients[kind]();
