"use strict";
// Starts GraphiQL against the address it was opened at. Headers typed in its editor go with every request: as HTTP
// headers, and over the WebSocket as the payload of connection_init.
(() => {
  const element = React.createElement;
  const url = location.origin + location.pathname;
  const socketUrl = url.replace(/^http/, "ws");
  const examples = JSON.parse(document.getElementById("examples").textContent);

  // What the footer shows of the latest answer; null before there is one.
  const latest = {
    figures: null,
    watchers: new Set(),
    set(figures) {
      latest.figures = figures;
      latest.watchers.forEach((watcher) => watcher());
    },
    watch(watcher) {
      latest.watchers.add(watcher);
      return () => latest.watchers.delete(watcher);
    },
  };

  const tokenIn = (data) => {
    const payloads = Object.values(data || {}).filter((value) => value && typeof value === "object");
    const holder = payloads.find((value) => typeof value.token === "string");
    return holder ? holder.token : null;
  };

  const note = (answer, milliseconds, events) => {
    const { debug, cost } = (answer && answer.extensions) || {};
    latest.set({ milliseconds, events, debug, cost, token: tokenIn(answer && answer.data) });
  };

  // An iterator of its own, and no generator: a generator that waits for an event cannot be ended.
  const noted = (source) => {
    const answers = source[Symbol.asyncIterator]();
    let events = 0;
    return {
      [Symbol.asyncIterator]() { return this; },
      async next() {
        const step = await answers.next();
        if (!step.done) note(step.value, null, ++events);
        return step;
      },
      return: (value) => (answers.return ? answers.return(value) : Promise.resolve({ done: true, value })),
    };
  };

  let typedHeaders = () => ({}); // those in the editor, once there is one

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

  const fetcher = async (request, options) => {
    const headers = (options && options.headers) || {};
    const send = GraphiQL.createFetcher({ url, wsClient: clientFor(headers), enableIncrementalDelivery: false });
    // GraphiQL hears of typed headers late, and the schema may be for those alone who have a token.
    if (request.operationName === "IntrospectionQuery") return send(request, { ...options, headers: typedHeaders() });
    const began = performance.now();
    const answer = await send({ ...request, extensions: { debug: true } }, options);
    if (answer && answer[Symbol.asyncIterator]) return noted(answer);
    note(answer, performance.now() - began, null);
    return answer;
  };

  const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  const lines = ({ milliseconds, events, debug, cost }) => {
    const said = [];
    if (events !== null) said.push(`event ${events}`);
    if (milliseconds !== null) said.push(`${milliseconds.toFixed(1)} ms`);
    if (debug) {
      said.push(`${debug.ms.toFixed(1)} ms in the server`);
      said.push(counted(debug.statements.length, "statement"));
      said.push(debug.batches.length === 1 ? "1 batch" : `${debug.batches.length} batches`);
      if (debug.how) said.push(`by ${debug.how}`);
    }
    if (cost) said.push(`cost ${cost.actualQueryCost} of ${cost.requestedQueryCost} at most`);
    else if (debug) said.push(`cost ${debug.cost} at most`);
    return said.join(" \u00b7 ");
  };

  const Figures = () => {
    const figures = React.useSyncExternalStore(latest.watch, () => latest.figures);
    const { headerEditor } = GraphiQL.React.useEditorContext({ nonNull: true });
    const { introspect } = GraphiQL.React.useSchemaContext({ nonNull: true });
    typedHeaders = () => headersIn(headerEditor ? headerEditor.getValue() : "");
    if (!figures) return element("div", { className: "explorer-figures" }, "Run an operation to see what it takes.");
    const useToken = () => {
      headerEditor.setValue(withToken(headerEditor.getValue(), figures.token));
      introspect();
    };
    return element(
      "div",
      { className: "explorer-figures" },
      element("span", { id: "figures" }, lines(figures)),
      figures.token && headerEditor
        ? element("button", { type: "button", id: "use-token", onClick: useToken }, "Use this token from now on")
        : null,
    );
  };

  const headersIn = (text) => {
    try {
      return JSON.parse(text || "{}");
    } catch (error) {
      return {}; // what is no JSON was no header either
    }
  };

  const withToken = (text, token) => {
    const headers = headersIn(text);
    if (token) headers.Authorization = `Bearer ${token}`;
    else delete headers.Authorization;
    return JSON.stringify(headers, null, 2);
  };

  const Helper = () => {
    const { addTab, queryEditor, variableEditor, headerEditor } = GraphiQL.React.useEditorContext({ nonNull: true });
    const { introspect } = GraphiQL.React.useSchemaContext({ nonNull: true });
    const [token, setToken] = React.useState("");
    const show = (example) => {
      const headers = headerEditor ? headerEditor.getValue() : "";
      if (queryEditor.getValue().trim()) addTab();
      setTimeout(() => { // the new tab is there when this turn has ended
        queryEditor.setValue(example.document);
        if (variableEditor) variableEditor.setValue("");
        if (headerEditor) headerEditor.setValue(headers);
      });
    };
    const authorize = (event) => {
      event.preventDefault();
      if (headerEditor) headerEditor.setValue(withToken(headerEditor.getValue(), token.trim()));
      introspect();
    };
    return element(
      "section",
      { className: "explorer-helper" },
      element("h2", null, "Examples"),
      element("ol", null, examples.map((example) =>
        element("li", { key: example.title },
          element("button", { type: "button", onClick: () => show(example) }, example.title)))),
      element("h2", null, "Who asks"),
      element("form", { onSubmit: authorize },
        element("label", null, "Access token",
          element("input", {
            type: "password", autoComplete: "off", value: token, placeholder: "none: a guest",
            onChange: (event) => setToken(event.target.value),
          })),
        element("button", { type: "submit" }, "Send it with every request")),
      element("p", null, "An answer that has a token offers it below itself."),
    );
  };

  const helper = { title: "Examples and token", icon: GraphiQL.React.StarIcon, content: Helper };
  const explorer = element(
    GraphiQL,
    {
      fetcher,
      plugins: [helper],
      visiblePlugin: helper,
      defaultQuery: examples.length ? examples[0].document : undefined,
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: "headers",
    },
    element(GraphiQL.Footer, null, element(Figures)),
  );
  ReactDOM.createRoot(document.getElementById("graphiql")).render(explorer);
})();
