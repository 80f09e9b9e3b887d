"use strict";
// Starts GraphiQL against the address it was opened at. Headers typed in its editor go with every request: as HTTP
// headers, and over the WebSocket as the payload of connection_init.
(() => {
  const url = location.origin + location.pathname;
  const socketUrl = url.replace(/^http/, "ws");
  let client = null;
  let clientHeaders = null;

  const clientFor = (headers) => {
    const key = JSON.stringify(headers);
    if (key !== clientHeaders) {
      if (client) client.dispose();
      client = graphqlWs.createClient({ url: socketUrl, connectionParams: headers, lazy: true });
      clientHeaders = key;
    }
    return client;
  };

  const fetcher = (request, options) => {
    const headers = (options && options.headers) || {};
    const send = GraphiQL.createFetcher({ url, wsClient: clientFor(headers) });
    return send(request, options);
  };

  const explorer = React.createElement(GraphiQL, {
    fetcher,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "headers",
  });
  ReactDOM.createRoot(document.getElementById("graphiql")).render(explorer);
})();
